package webui

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"
)

func TestPages(t *testing.T) {
	t.Parallel()
	app := fiber.New(fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error {
		if !errors.Is(err, fiber.ErrNotFound) {
			t.Errorf("error %v", err)
		}
		return c.Status(404).SendString("problem")
	}})
	app.Use(Handler())
	get := func(path string, headers ...string) (int, string, map[string][]string) {
		request := httptest.NewRequest("GET", path, nil)
		for i := 0; i+1 < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		response, err := app.Test(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body), response.Header
	}
	status, body, header := get("/")
	if status != 200 || !strings.Contains(body, "VoltRun is running") || !strings.Contains(body, "/api/docs") {
		t.Errorf("/: %d", status)
	}
	if policy := header["Content-Security-Policy"]; len(policy) != 1 || !strings.Contains(policy[0], "style-src 'sha256-") {
		t.Errorf("policy %v", policy)
	}
	if status, body, _ := get("/", "If-None-Match", header["Etag"][0]); status != 304 || body != "" {
		t.Errorf("unchanged: %d %q", status, body)
	}
	if status, body, _ := get("/lost", "Accept", "text/html,*/*"); status != 404 || !strings.Contains(body, "nothing here") {
		t.Errorf("lost: %d", status)
	}
	if status, body, _ := get("/lost", "Accept", "application/json"); status != 404 || body != "problem" {
		t.Errorf("lost for programs: %d %q", status, body)
	}
}

// TestPagesStandAlone checks that no page asks for anything from elsewhere.
func TestPagesStandAlone(t *testing.T) {
	t.Parallel()
	for _, page := range [][]byte{index, missing} {
		for _, forbidden := range []string{"http:", "https:", "//", "<script", "@import", "url("} {
			if strings.Contains(string(page), forbidden) {
				t.Errorf("a page contains %s", forbidden)
			}
		}
	}
}
