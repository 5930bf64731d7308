package api

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/voltrun/voltrun"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle string

// page is a finished HTML page with the policy that allows its own style and nothing else.
type page struct {
	html   []byte
	policy string
}

// docsView is what the template shows.
type docsView struct {
	Title, About, Version string
	Style                 template.CSS
	Groups                []docsGroup
	Schemas               []docsSchema
	Errors                []docsError
}

type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	*huma.Operation
	Answers []docsAnswer
	Body    string // the schema's name or text
}

type docsAnswer struct {
	Status, About, Schema string
}

type docsSchema struct {
	Name, Text string
}

type docsError struct {
	Code   string
	Status int
	About  string
}

var docsErrors = []docsError{
	{string(voltrun.CodeValidation), 422, "The request is malformed (400) or breaks a rule (422); errors names each field. Nothing was done. Also 404-like statuses of HTTP itself: 405, 408, 415, 426."},
	{string(voltrun.CodeUnauthenticated), 401, "Who is calling is unknown: no token, an invalid or an expired one. Sign in again."},
	{string(voltrun.CodeForbidden), 403, "The caller is known and may not do this, such as an API key without the scope."},
	{string(voltrun.CodeNotFound), 404, "There is no such thing, or it belongs to somebody else."},
	{string(voltrun.CodeConflict), 409, "The state of the thing does not allow it, such as a name that is taken."},
	{string(voltrun.CodeTooLarge), 413, "Over a size limit: the body, the input, the code; 431 for headers."},
	{string(voltrun.CodeRateLimited), 429, "Too many requests. Wait as Retry-After says."},
	{string(voltrun.CodeCapacity), 503, "No machine or slot was free in time. Wait as Retry-After says, or call asynchronously."},
	{string(voltrun.CodeUnavailable), 503, "A dependency is down, or the server is shutting down. Wait as Retry-After says."},
	{string(voltrun.CodeInternal), 500, "A defect of the server. The request id finds its cause in the log."},
}

// newDocsPage renders the document once; the page needs no script and nothing from elsewhere.
func newDocsPage(document *huma.OpenAPI) page {
	view := docsView{
		Title: document.Info.Title, About: document.Info.Description, Version: document.Info.Version,
		Style: template.CSS(docsStyle), Errors: docsErrors, // #nosec: our own file
	}
	view.Groups = docsGroups(document)
	schemas := document.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		view.Schemas = append(view.Schemas, docsSchema{name, schemaText(schemas[name])})
	}
	var html bytes.Buffer
	if err := template.Must(template.New("docs").Parse(docsTemplate)).Execute(&html, view); err != nil {
		panic("api: the documentation page: " + err.Error())
	}
	sum := sha256.Sum256([]byte(docsStyle))
	return page{html.Bytes(), "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
}

// docsGroups sorts the operations as the route table has them.
func docsGroups(document *huma.OpenAPI) []docsGroup {
	var groups []docsGroup
	for _, r := range table {
		op := operationNamed(document, r.ID)
		if op == nil {
			continue
		}
		i := slices.IndexFunc(groups, func(g docsGroup) bool { return g.Name == r.Tag })
		if i < 0 {
			i = len(groups)
			groups = append(groups, docsGroup{Name: r.Tag})
		}
		groups[i].Operations = append(groups[i].Operations, docsOperationOf(op))
	}
	return groups
}

func operationNamed(document *huma.OpenAPI, id string) *huma.Operation {
	for _, item := range document.Paths {
		for _, op := range operationsOf(item) {
			if op.OperationID == id {
				return op
			}
		}
	}
	return nil
}

func docsOperationOf(op *huma.Operation) docsOperation {
	out := docsOperation{Operation: op}
	if op.RequestBody != nil {
		out.Body = contentText(op.RequestBody.Content)
	}
	for status, r := range op.Responses {
		out.Answers = append(out.Answers, docsAnswer{status, r.Description, contentText(r.Content)})
	}
	slices.SortFunc(out.Answers, func(a, b docsAnswer) int { return cmp.Compare(a.Status, b.Status) })
	return out
}

func contentText(content map[string]*huma.MediaType) string {
	for _, contentType := range slices.Sorted(maps.Keys(content)) {
		if s := content[contentType].Schema; s != nil && s.Ref != "" {
			return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		}
	}
	return ""
}

func schemaText(s *huma.Schema) string {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("api: the documentation page: " + err.Error())
	}
	return string(text)
}
