package webui

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func TestPathsLeadToFiles(t *testing.T) {
	t.Parallel()
	handler := fixtureHandler(t)
	for target, want := range map[string]string{
		"/":                              "index.html",
		"/index.txt?_rsc=1":              "index.txt",
		"/__next._tree.txt":              "__next._tree.txt",
		"/login":                         "login.html",
		"/login?next=%2Ffunctions":       "login.html",
		"/login.txt":                     "login.txt",
		"/functions":                     "functions.html",
		"/functions.txt":                 "functions.txt",
		"/functions/__next._tree.txt":    "functions/__next._tree.txt",
		"/functions/new":                 "functions/new.html",
		"/functions/hello-world":         "functions/_.html",
		"/functions/_":                   "functions/_.html",
		"/functions/fn_01J.txt":          "functions/_.txt",
		"/functions/a/__next._tree.txt":  "functions/_/__next._tree.txt",
		"/functions/a/versions":          "functions/_/versions.html",
		"/functions/a/versions/3":        "functions/_/versions/_.html",
		"/executions/exe_01J":            "executions/_.html",
		"/executions/exe_01J.txt?_rsc=a": "executions/_.txt",
		"/favicon.svg":                   "favicon.svg",
		"/_next/static/chunks/0a1b.js":   "_next/static/chunks/0a1b.js",
		"/monaco/0.57.0/vs/loader.js":    "monaco/0.57.0/vs/loader.js",
		"/functions/a/__next.!KGFwcCk.functions.$d$id.__PAGE__.txt":     "functions/_/__next.!KGFwcCk.functions.$d$id.__PAGE__.txt",
		"/functions/a/__next.!KGFwcCk.functions.%24d%24id.__PAGE__.txt": "functions/_/__next.!KGFwcCk.functions.$d$id.__PAGE__.txt",
	} {
		got := visit(t, handler, http.MethodGet, target)
		if got.status != http.StatusOK || string(got.body) != content(want) {
			t.Errorf("%s: %d %.40q, want the file %s", target, got.status, got.body, want)
		}
		head := visit(t, handler, http.MethodHead, target)
		if head.status != http.StatusOK || len(head.body) != 0 || head.header.Get("Content-Length") != got.header.Get("Content-Length") ||
			head.header.Get("Etag") != got.header.Get("Etag") || head.header.Get("Content-Type") != got.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %v, %d bytes", target, head.status, head.header, len(head.body))
		}
	}
}

func TestOtherPathsLeadNowhere(t *testing.T) {
	t.Parallel()
	handler := fixtureHandler(t)
	for _, target := range []string{
		"/lost", "/index", "/404", "/404.html", "/_not-found", "/manifest.json", "/files", "/functions/a/lost", "/functions/a/versions/3/x",
		"/functions/favicon.ico", "/functions/a.b", "/functions/a/__next.lost.txt", "/executions", "/executions.txt",
		"/_next/static/chunks/lost.js", "/_next/static/chunks/_", "/_next/static", "/monaco/0.57.0/vs/", "/monaco/0.56.0/vs/loader.js",
		"/functions/" + strings.Repeat("a", maxVariable+1), "/" + strings.Repeat("a/", 600), "/LOGIN", "//example.com/", "//login", "/login//", "/functions//a",
		"/../manifest.json", "/functions/../../manifest.json", "/functions/..", "/functions/%2e%2e/login", "/functions/%2e%2e%2flogin", "/functions/..%5clogin",
		"/functions/a%2fversions", "/functions/a%00", "/functions/%", "/functions/%zz", "/functions/\\", "/%2f%2fexample.com/", "/\\example.com/", "/functions/a%0d%0aSet-Cookie:x",
		"/functions/ä", "/functions/<script>", "/functions/a%20b", "/.", "/./login", "/%2e/login",
	} {
		if got := visit(t, handler, http.MethodGet, target, "Accept", "application/json"); got.status != http.StatusNotFound || string(got.body) != "problem" {
			t.Errorf("%s: %d %.60q", target, got.status, got.body)
		}
		got := visit(t, handler, http.MethodGet, target, "Accept", "text/html,*/*")
		if got.status != http.StatusNotFound || string(got.body) != content("404.html") || got.header.Get("Etag") != "" ||
			got.header.Get("Cache-Control") != "no-cache" || !strings.HasSuffix(got.header.Get("Content-Security-Policy"), "page 404.html") {
			t.Errorf("%s for a browser: %d %v %.60q", target, got.status, got.header, got.body)
		}
	}
}

func TestSlashAtTheEndIsTakenAway(t *testing.T) {
	t.Parallel()
	handler := fixtureHandler(t)
	for target, want := range map[string]string{"/functions/": "/functions", "//": "/", "/functions/a/?tab=logs&x=1": "/functions/a?tab=logs&x=1"} {
		if got := visit(t, handler, http.MethodGet, target); got.status != http.StatusPermanentRedirect || got.header.Get("Location") != want {
			t.Errorf("%s: %d %q", target, got.status, got.header.Get("Location"))
		}
	}
	if got := visit(t, handler, http.MethodGet, "/favicon.svg/", "Accept", "*/*"); got.status != http.StatusNotFound {
		t.Errorf("a file with a slash: %d", got.status)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	handler := fixtureHandler(t)
	for header, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "br": "br", "*": "br", "br;q=0.1, gzip;q=0.9": "br",
		"gzip, deflate": "gzip", "br;q=0, gzip": "gzip", "gzip, br;q=0": "gzip", "*, br;q=0": "gzip",
		"": "", "identity": "", "deflate": "", "br;q=0": "", "*;q=0": "", "brotli": "", ";;,,": "",
	} {
		got := visit(t, handler, http.MethodGet, "/login", "Accept-Encoding", header)
		if got.header.Get("Content-Encoding") != want || got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %q, vary %q", header, got.header.Get("Content-Encoding"), got.header.Get("Vary"))
		}
		if text := unpacked(t, got); text != content("login.html") {
			t.Errorf("%q: unpacked %.40q", header, text)
		}
	}
	// What does not get smaller is stored and sent as it is.
	font := visit(t, handler, http.MethodGet, "/_next/static/media/geist.woff2", "Accept-Encoding", "br, gzip")
	if font.header.Get("Content-Encoding") != "" || string(font.body) != content("_next/static/media/geist.woff2") {
		t.Errorf("the font: %v", font.header)
	}
}

func unpacked(t *testing.T, a answer) string {
	t.Helper()
	var reader io.Reader = bytes.NewReader(a.body)
	switch a.header.Get("Content-Encoding") {
	case "br":
		reader = brotli.NewReader(reader)
	case "gzip":
		unzip, err := gzip.NewReader(reader)
		if err != nil {
			t.Fatal(err)
		}
		reader = unzip
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHeadersAndCaching(t *testing.T) {
	t.Parallel()
	handler := fixtureHandler(t)
	for target, want := range map[string]struct{ caching, kind, policy string }{
		"/":                            {"no-cache", "text/html; charset=utf-8", "script-src 'self'; page index.html"},
		"/functions/a":                 {"no-cache", "text/html; charset=utf-8", "script-src 'self'; page functions/_.html"},
		"/functions/a.txt":             {"no-cache", "text/plain; charset=utf-8", filePolicy},
		"/_next/static/chunks/0a1b.js": {"public, max-age=31536000, immutable", "text/javascript; charset=utf-8", filePolicy},
		"/monaco/0.57.0/vs/loader.js":  {"public, max-age=31536000, immutable", "text/javascript; charset=utf-8", filePolicy},
	} {
		fresh := visit(t, handler, http.MethodGet, target)
		tag := fresh.header.Get("Etag")
		if !strings.HasPrefix(tag, `W/"`) || fresh.header.Get("Content-Type") != want.kind {
			t.Errorf("%s: tag %q, type %q", target, tag, fresh.header.Get("Content-Type"))
		}
		for _, known := range []string{tag, strings.TrimPrefix(tag, "W/"), `"other", ` + tag, "*"} {
			if got := visit(t, handler, http.MethodGet, target, "If-None-Match", known); got.status != http.StatusNotModified || len(got.body) != 0 {
				t.Errorf("%s, known as %s: %d, %d bytes", target, known, got.status, len(got.body))
			}
		}
		if got := visit(t, handler, http.MethodGet, target, "If-None-Match", `"other", W/"x"`); got.status != http.StatusOK {
			t.Errorf("%s, known in another version: %d", target, got.status)
		}
		for _, got := range []answer{fresh, visit(t, handler, http.MethodGet, target, "If-None-Match", tag), visit(t, handler, http.MethodHead, target)} {
			for name, value := range map[string]string{
				"Cache-Control": want.caching, "Content-Security-Policy": want.policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
				"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
				"Permissions-Policy": permissions, "Vary": "Accept-Encoding", "Etag": tag,
			} {
				if got.header.Get(name) != value {
					t.Errorf("%s (%d): %s is %q, want %q", target, got.status, name, got.header.Get(name), value)
				}
			}
		}
	}
}

func TestBrokenDistIsRefused(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(dist fstest.MapFS, manifest map[string]map[string]any){
		"no manifest":           func(dist fstest.MapFS, _ map[string]map[string]any) { delete(dist, "manifest.json") },
		"no home":               func(_ fstest.MapFS, m map[string]map[string]any) { delete(m, "index.html") },
		"no page for 404":       func(_ fstest.MapFS, m map[string]map[string]any) { delete(m, "404.html") },
		"a file that is gone":   func(dist fstest.MapFS, m map[string]map[string]any) { delete(dist, m["login.html"]["file"].(string)) },
		"a file outside":        func(_ fstest.MapFS, m map[string]map[string]any) { m["login.html"]["file"] = "../x" },
		"an unknown encoding":   func(_ fstest.MapFS, m map[string]map[string]any) { m["login.html"]["encoding"] = "zstd" },
		"a page without policy": func(_ fstest.MapFS, m map[string]map[string]any) { m["login.html"]["csp"] = "" },
		"an unknown field":      func(_ fstest.MapFS, m map[string]map[string]any) { m["login.html"]["more"] = 1 },
		"a wrong length":        func(_ fstest.MapFS, m map[string]map[string]any) { m["_next/static/media/geist.woff2"]["bytes"] = 1 },
	} {
		dist := fixture(t)
		manifest := map[string]map[string]any{}
		if err := json.Unmarshal(dist["manifest.json"].Data, &manifest); err != nil {
			t.Fatal(err)
		}
		breakIt(dist, manifest)
		if dist["manifest.json"] != nil {
			text, err := json.Marshal(manifest)
			if err != nil {
				t.Fatal(err)
			}
			dist["manifest.json"].Data = text
		}
		if _, err := loadSite(dist); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzResolve looks for a path that leads to a file which no page links to, or to a panic.
func FuzzResolve(f *testing.F) {
	s, err := loadSite(fixture(f))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"/", "/functions/a", "/functions/%2e%2e/login", "//x", "/functions/a/__next._tree.txt", "/%zz", "/index"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		found := s.resolve(path)
		if found == nil {
			return
		}
		if !strings.HasPrefix(path, "/") || len(path) > maxPath || path != "/" && strings.HasSuffix(path, "/") || strings.Contains(path, "//") || strings.Contains(path, "/../") {
			t.Errorf("%q leads to %s", path, found.File)
		}
		if found == s.missing {
			t.Errorf("%q leads to the page for what is missing", path)
		}
	})
}
