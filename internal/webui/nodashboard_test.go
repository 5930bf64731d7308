//go:build !web

package webui

import (
	"net/http"
	"strings"
	"testing"
)

func TestPageWithoutDashboard(t *testing.T) {
	t.Parallel()
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	home := visit(t, handler, http.MethodGet, "/", "Accept-Encoding", "br, gzip")
	if home.status != 200 || !strings.Contains(string(home.body), "VoltRun is running") || !strings.Contains(string(home.body), "/api/docs") {
		t.Errorf("/: %d %.80q", home.status, home.body)
	}
	if policy := home.header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'sha256-") {
		t.Errorf("policy %v", policy)
	}
	if got := visit(t, handler, http.MethodGet, "/", "If-None-Match", home.header.Get("Etag")); got.status != 304 || len(got.body) != 0 {
		t.Errorf("unchanged: %d %q", got.status, got.body)
	}
	if got := visit(t, handler, http.MethodGet, "/lost", "Accept", "text/html,*/*"); got.status != 404 || !strings.Contains(string(got.body), "nothing here") {
		t.Errorf("lost: %d", got.status)
	}
	if got := visit(t, handler, http.MethodGet, "/lost", "Accept", "application/json"); got.status != 404 || string(got.body) != "problem" {
		t.Errorf("lost for programs: %d %q", got.status, got.body)
	}
}

// TestPagesStandAlone checks that no page asks for anything from elsewhere.
func TestPagesStandAlone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"index.html", "404.html"} {
		page, err := pages.ReadFile("placeholder/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, forbidden := range []string{"http:", "https:", "//", "<script", "@import", "url("} {
			if strings.Contains(string(page), forbidden) {
				t.Errorf("%s contains %s", name, forbidden)
			}
		}
	}
}
