package webui

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
)

// exported are the names that Next.js gives the files of pages, with and without a variable segment.
var exported = []string{
	"index.html", "index.txt", "__next._tree.txt", "404.html", "favicon.svg", "login.html", "login.txt",
	"functions.html", "functions.txt", "functions/__next._tree.txt", "functions/new.html",
	"functions/_.html", "functions/_.txt", "functions/_/__next._tree.txt", "functions/_/__next.!KGFwcCk.functions.$d$id.__PAGE__.txt",
	"functions/_/versions.html", "functions/_/versions/_.html", "executions/_.html", "executions/_.txt",
	"_next/static/chunks/0a1b.js", "_next/static/media/geist.woff2", "monaco/0.57.0/vs/loader.js",
}

// fixture is a dist as web/scripts/pack.mjs makes it: each file holds its own name, many times.
func fixture(t testing.TB) fstest.MapFS {
	t.Helper()
	dist, manifest := fstest.MapFS{}, map[string]file{}
	for _, name := range exported {
		body := content(name)
		sum := sha256.Sum256([]byte(body))
		f := file{ETag: hex.EncodeToString(sum[:16]), Bytes: len(body), Type: map[string]string{
			".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".js": "text/javascript; charset=utf-8",
			".svg": "image/svg+xml", ".woff2": "font/woff2"}[path.Ext(name)]}
		f.File = "files/" + f.ETag
		f.Immutable = strings.HasPrefix(name, "_next/static/") || strings.HasPrefix(name, "monaco/")
		if f.isPage() {
			f.CSP = "script-src 'self'; page " + name
		}
		stored := []byte(body)
		if path.Ext(name) != ".woff2" {
			var packed bytes.Buffer
			w := brotli.NewWriter(&packed)
			if _, err := io.WriteString(w, body); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			f.Encoding, stored = "br", packed.Bytes()
		}
		dist[f.File] = &fstest.MapFile{Data: stored}
		manifest[name] = f
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	dist["manifest.json"] = &fstest.MapFile{Data: text}
	return dist
}

func content(name string) string { return strings.Repeat(name+" ", 1000) }

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// visit asks a handler, whose errors become the answer 404 "problem" when they are fiber.ErrNotFound.
func visit(t *testing.T, handler fiber.Handler, method, target string, headers ...string) answer {
	t.Helper()
	app := fiber.New(fiber.Config{StrictRouting: true, CaseSensitive: true, Immutable: true, ErrorHandler: func(c fiber.Ctx, err error) error {
		if !errors.Is(err, fiber.ErrNotFound) {
			t.Errorf("%s %s: error %v", method, target, err)
		}
		return c.Status(http.StatusNotFound).SendString("problem")
	}})
	app.Use(handler)
	client, server := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- (&fasthttp.Server{Handler: app.Handler(), CloseOnShutdown: true}).ServeConn(server) }()
	defer func() {
		if err := errors.Join(client.Close(), <-served); err != nil {
			t.Errorf("%s %s: %v", method, target, err)
		}
	}()
	// By hand, as Go's client refuses or mends some of these paths.
	head := method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	for i := 0; i+1 < len(headers); i += 2 {
		head += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	if _, err := io.WriteString(client, head+"\r\n"); err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	response, err := http.ReadResponse(bufio.NewReader(client), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	return answer{response.StatusCode, response.Header, body}
}

func fixtureHandler(t *testing.T) fiber.Handler {
	t.Helper()
	s, err := loadSite(fixture(t))
	if err != nil {
		t.Fatal(err)
	}
	return s.serve
}
