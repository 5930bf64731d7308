//go:build !web

package webui

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
)

// Dashboard says whether this build holds the dashboard.
const Dashboard = false

//go:embed placeholder
var pages embed.FS

func embedded() (*site, error) {
	files := map[string]*file{}
	for _, name := range []string{"index.html", "404.html"} {
		body, err := pages.ReadFile("placeholder/" + name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		policy, err := stylePolicy(body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = &file{File: "placeholder/" + name, ETag: hex.EncodeToString(sum[:16]), Type: "text/html; charset=utf-8",
			Bytes: len(body), CSP: policy}
	}
	return newSite(pages, files)
}

var stylePattern = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// stylePolicy allows exactly the style that the page itself contains.
func stylePolicy(page []byte) (string, error) {
	style := stylePattern.FindSubmatch(page)
	if style == nil {
		return "", fmt.Errorf("a page without style")
	}
	hash := sha256.Sum256(style[1])
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", nil
}
