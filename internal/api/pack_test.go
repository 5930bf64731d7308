package api

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
)

func TestPack(t *testing.T) {
	t.Parallel()
	long := `{"items":[` + strings.Repeat(`{"id":"exe_1"},`, 1000) + `null]}`
	for _, test := range []struct {
		name, method, address, accept, body string
		status                              int
		packed                              bool
	}{
		{"a list", "GET", "203.0.113.5", "gzip, deflate, br", long, 200, true},
		{"over IPv6", "GET", "2001:db8::1", "gzip", long, 200, true},
		{"on this machine", "GET", "127.0.0.1", "gzip", long, 200, false},
		{"on this machine, IPv6", "GET", "::1", "gzip", long, 200, false},
		{"for whoever cannot unpack it", "GET", "203.0.113.5", "br", long, 200, false},
		{"a short answer", "GET", "203.0.113.5", "gzip", long[:packFrom-1], 200, false},
		{"the answer of an execution", "POST", "203.0.113.5", "gzip", long, 200, false},
		{"a problem", "GET", "203.0.113.5", "gzip", long, 500, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := fiber.New()
			app.All("/", func(c fiber.Ctx) error {
				defer pack(c, &call{address: test.address})
				return c.Status(test.status).SendString(test.body)
			})
			request := httptest.NewRequest(test.method, "/", nil)
			request.Header.Set("Accept-Encoding", test.accept)
			response, err := app.Test(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var body io.Reader = response.Body
			if packed := response.Header.Get("Content-Encoding") == "gzip"; packed != test.packed {
				t.Fatalf("packed: %v", packed)
			}
			if test.packed {
				if response.Header.Get("Vary") != "Accept-Encoding" || response.ContentLength >= int64(len(long)) {
					t.Errorf("%v, %d bytes", response.Header, response.ContentLength)
				}
				if body, err = gzip.NewReader(body); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := io.ReadAll(body); err != nil || string(got) != test.body {
				t.Errorf("%d bytes of %d, %v", len(got), len(test.body), err)
			}
		})
	}
}
