// Package webui serves what a browser sees outside the API.
//
// The page embedded here stands on its own: no script, no font and no picture
// from elsewhere. A build with the dashboard embeds its files at this place.
package webui

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v3"
)

//go:embed index.html
var index []byte

//go:embed 404.html
var missing []byte

// document is a page with what its headers need.
type document struct {
	body   []byte
	etag   string
	policy string
}

// Handler answers GET and HEAD for the pages. It returns fiber.ErrNotFound for what
// it does not have, unless the caller is a browser that wants HTML: then it answers 404 with a page.
func Handler() fiber.Handler {
	home, lost := newDocument(index), newDocument(missing)
	return func(c fiber.Ctx) error {
		switch {
		case c.Path() == "/":
			return home.send(c, http.StatusOK)
		case strings.Contains(c.Get(fiber.HeaderAccept), "text/html"):
			return lost.send(c, http.StatusNotFound)
		}
		return fiber.ErrNotFound
	}
}

var stylePattern = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// newDocument allows exactly the style that the page itself contains.
func newDocument(body []byte) document {
	style := stylePattern.FindSubmatch(body)
	if style == nil {
		panic("webui: a page without style")
	}
	hash := sha256.Sum256(style[1])
	sum := sha256.Sum256(body)
	return document{
		body: body,
		etag: `"` + hex.EncodeToString(sum[:8]) + `"`,
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}
}

func (d document) send(c fiber.Ctx, status int) error {
	h := &c.Response().Header
	h.Set(fiber.HeaderCacheControl, "no-cache")
	h.Set(fiber.HeaderContentSecurityPolicy, d.policy)
	h.SetContentType("text/html; charset=utf-8")
	if status == http.StatusOK {
		h.Set(fiber.HeaderETag, d.etag)
		if c.Get(fiber.HeaderIfNoneMatch) == d.etag {
			c.Status(http.StatusNotModified)
			return nil
		}
	}
	c.Status(status)
	c.Response().SetBodyRaw(d.body)
	return nil
}
