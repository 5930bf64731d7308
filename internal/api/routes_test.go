package api

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v3"
)

var update = flag.Bool("update", false, "write docs/openapi.json")

const documentFile = "../../docs/openapi.json"

func TestOpenAPIDocument(t *testing.T) {
	deps, _ := newWorld().deps(Config{})
	got := New(deps).OpenAPI()
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(documentFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("docs/openapi.json differs from the code; run: go generate ./internal/api")
	}
}

// TestEveryRouteIsInTheTable looks for routes that somebody added beside the table.
func TestEveryRouteIsInTheTable(t *testing.T) {
	deps, _ := newWorld().deps(Config{})
	known := map[string]bool{}
	for _, r := range Routes() {
		path := strings.NewReplacer("{", ":", "}", "").Replace(r.Path)
		known[r.Method+" "+path] = true
		if r.Method == "GET" {
			known["HEAD "+path] = true
		}
	}
	for _, r := range New(deps).App().GetRoutes() {
		if !known[r.Method+" "+r.Path] {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
	}
}

func TestDocumentAndTableAgree(t *testing.T) {
	deps, _ := newWorld().deps(Config{})
	document := New(deps).document.OpenAPI()
	seen := map[string]bool{}
	for _, r := range Routes() {
		op := operationNamed(document, r.ID)
		if op == nil || op.Method != r.Method || op.Path != r.Path {
			t.Errorf("%s %s is not in the document as %s", r.Method, r.Path, r.ID)
			continue
		}
		if seen[r.ID] {
			t.Errorf("operation id %s comes twice", r.ID)
		}
		seen[r.ID] = true
		checkOperation(t, r, op)
	}
	for path, item := range document.Paths {
		for _, op := range operationsOf(item) {
			if !seen[op.OperationID] {
				t.Errorf("the document has %s %s, the table has not", op.Method, path)
			}
		}
	}
}

func checkOperation(t *testing.T, r Route, op *huma.Operation) {
	t.Helper()
	if (r.Access == Public) != (len(op.Security) == 0) || op.Security == nil {
		t.Errorf("%s: access %q, documented security %v", r.ID, r.Access, op.Security)
	}
	needed := []string{"500"}
	if r.Access != Public {
		needed = append(needed, "401")
	}
	if r.Access != Public && r.Access != SignedIn {
		needed = append(needed, "403")
	}
	if len(r.Params()) > 0 {
		needed = append(needed, "404")
	}
	for _, status := range needed {
		response := op.Responses[status]
		if response == nil || response.Content[problemType] == nil {
			t.Errorf("%s: %s is not documented as a problem", r.ID, status)
		}
	}
	for _, name := range r.Params() {
		if !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == name }) {
			t.Errorf("%s: path parameter %s is not documented", r.ID, name)
		}
	}
}

func TestRouteWithoutAccessIsRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a route that does not say who may call it was registered")
		}
	}()
	deps, _ := newWorld().deps(Config{})
	build(deps, []Route{{Method: "GET", Path: "/api/open", ID: "open", bind: plain[struct{}, struct{}](func(*Server) fiber.Handler { return nil })}})
}

func TestDocumentHasNoSchemaLinks(t *testing.T) {
	deps, _ := newWorld().deps(Config{})
	s := New(deps)
	if strings.Contains(string(s.OpenAPI()), "$schema") {
		t.Error("the document speaks of $schema")
	}
	var document struct {
		OpenAPI string `json:"openapi"`
	}
	if err := json.Unmarshal(s.OpenAPI(), &document); err != nil || !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("version %q, %v", document.OpenAPI, err)
	}
	if strings.Contains(string(s.docs.html), "http://") || strings.Contains(string(s.docs.html), "https://") || strings.Contains(string(s.docs.html), "<script") {
		t.Error("the documentation page reaches outside")
	}
}
