//go:build web

package webui

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is one HTML file of the dashboard as it is embedded.
type page struct {
	name   string
	policy map[string][]string // directive → sources
	tree   *html.Node
}

func dashboardPages(t *testing.T) (*site, []page) {
	t.Helper()
	s, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*file{"404.html": s.missing}
	for name, f := range s.files {
		if f.isPage() {
			files[name] = f
		}
	}
	if len(files) < 3 {
		t.Fatalf("the dashboard has only %d pages", len(files))
	}
	var list []page
	for name, f := range files {
		tree, err := html.Parse(strings.NewReader(read(t, s, f)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		policy := map[string][]string{}
		for directive := range strings.SplitSeq(f.CSP, ";") {
			words := strings.Fields(directive)
			policy[words[0]] = words[1:]
		}
		list = append(list, page{name, policy, tree})
	}
	return s, list
}

func read(t *testing.T, s *site, f *file) string {
	t.Helper()
	reader, err := s.open(f)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) != f.Bytes {
		t.Fatalf("%s has %d bytes; the manifest says %d", f.File, len(text), f.Bytes)
	}
	return string(text)
}

// attribute returns the value of an attribute and whether the element has it.
func attribute(n *html.Node, name string) (string, bool) {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if i < 0 {
		return "", false
	}
	return n.Attr[i].Val, true
}

// TestPagesRunOnlyScriptsThatTheirPolicyNames checks with a parser of its own what pack.mjs computed.
func TestPagesRunOnlyScriptsThatTheirPolicyNames(t *testing.T) {
	t.Parallel()
	_, pages := dashboardPages(t)
	for _, p := range pages {
		inline := 0
		for n := range p.tree.Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
					t.Errorf("%s: <%s %s=%q> is a script that the policy forbids", p.name, n.Data, a.Key, a.Val)
				}
			}
			if _, external := attribute(n, "src"); n.Data != "script" || n.Type != html.ElementNode || external || n.FirstChild == nil {
				continue
			}
			inline++
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			if source := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !slices.Contains(p.policy["script-src"], source) {
				t.Errorf("%s: the policy does not allow the script %.80q", p.name, n.FirstChild.Data)
			}
		}
		if hashes := len(p.policy["script-src"]) - 1; inline == 0 || hashes > inline {
			t.Errorf("%s has %d inline scripts; its policy allows %d", p.name, inline, hashes)
		}
	}
}

func TestPoliciesAreStrict(t *testing.T) {
	t.Parallel()
	_, pages := dashboardPages(t)
	for _, p := range pages {
		for directive, sources := range map[string]string{
			"default-src": "'none'", "base-uri": "'none'", "object-src": "'none'", "frame-ancestors": "'none'", "form-action": "'self'",
			"connect-src": "'self'", "style-src": "'self' 'unsafe-inline'", "worker-src": "'self' blob:", "img-src": "'self' data:", "font-src": "'self' data:",
		} {
			if got := strings.Join(p.policy[directive], " "); got != sources {
				t.Errorf("%s: %s is %q, want %q", p.name, directive, got, sources)
			}
		}
		for _, source := range p.policy["script-src"] {
			if source != "'self'" && !strings.HasPrefix(source, "'sha256-") {
				t.Errorf("%s: scripts may come from %s", p.name, source)
			}
		}
	}
}

// loads are the attributes by which a page makes the browser fetch something by itself.
var loads = map[string][]string{
	"script": {"src"}, "link": {"href", "imagesrcset"}, "img": {"src", "srcset"}, "source": {"src", "srcset"}, "video": {"src", "poster"}, "audio": {"src"},
	"iframe": {"src"}, "embed": {"src"}, "object": {"data"}, "use": {"href"}, "image": {"href"}, "form": {"action"}, "base": {"href"},
}

func TestPagesReferToNoOtherOriginAndNothingMissing(t *testing.T) {
	t.Parallel()
	s, pages := dashboardPages(t)
	for _, p := range pages {
		for n := range p.tree.Descendants() {
			for _, name := range loads[n.Data] {
				target, ok := attribute(n, name)
				if !ok || strings.HasPrefix(target, "data:") || strings.HasPrefix(target, "#") {
					continue
				}
				if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") {
					t.Errorf("%s: <%s %s=%q> is no path on this server", p.name, n.Data, name, target)
				} else if bare, _, _ := strings.Cut(target, "?"); s.resolve(bare) == nil {
					t.Errorf("%s: <%s %s=%q> is not there", p.name, n.Data, name, target)
				}
			}
		}
	}
}

var remote = regexp.MustCompile(`(?i)(?:url\(|@import)\s*["']?\s*(?:https?:)?//`)

func TestStylesReferToNoOtherOrigin(t *testing.T) {
	t.Parallel()
	s, _ := dashboardPages(t)
	styles := 0
	for name, f := range s.files {
		if path.Ext(name) != ".css" {
			continue
		}
		styles++
		if found := remote.FindString(read(t, s, f)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
	if styles == 0 {
		t.Error("the dashboard has no style")
	}
}

// TestDashboardIsServed goes through the handler: the pages that people open first, and an address with a variable segment.
func TestDashboardIsServed(t *testing.T) {
	t.Parallel()
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/", "/login", "/functions", "/functions/hello", "/functions/hello.txt", "/executions/exe_01J"} {
		if got := visit(t, handler, http.MethodGet, target, "Accept-Encoding", "br"); got.status != http.StatusOK || got.header.Get("Content-Encoding") != "br" {
			t.Errorf("%s: %d, encoding %q", target, got.status, got.header.Get("Content-Encoding"))
		}
	}
	if got := visit(t, handler, http.MethodGet, "/lost", "Accept", "text/html"); got.status != http.StatusNotFound || !strings.Contains(string(got.body), "<html") {
		t.Errorf("/lost: %d", got.status)
	}
}
