package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// get decodes the answer to a GET.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	var out T
	err := c.do(ctx, call{method: http.MethodGet, path: path, query: query, out: &out})
	return out, err
}

// Runtimes lists what the server can run.
func (c *Client) Runtimes(ctx context.Context) ([]Runtime, error) {
	page, err := get[Page[Runtime]](ctx, c, "/runtimes", nil)
	return page.Items, err
}

// CreateFunction makes a function with its first version.
func (c *Client) CreateFunction(ctx context.Context, change FunctionChange) (Function, error) {
	var function Function
	err := c.do(ctx, call{method: http.MethodPost, path: "/functions", body: change, out: &function})
	return function, err
}

// FunctionFilter narrows a list of functions; zero fields do not filter.
type FunctionFilter struct {
	Query, Runtime, PageToken string
	PageSize                  int
}

// Functions returns one page of the user's functions.
func (c *Client) Functions(ctx context.Context, filter FunctionFilter) (Page[Function], error) {
	query := url.Values{}
	setUnlessEmpty(query, "q", filter.Query)
	setUnlessEmpty(query, "runtime", filter.Runtime)
	setPage(query, filter.PageSize, filter.PageToken)
	return get[Page[Function]](ctx, c, "/functions", query)
}

func functionPath(ref string) string { return "/functions/" + url.PathEscape(ref) }

// Function returns a function, by id or name, with its code.
func (c *Client) Function(ctx context.Context, ref string) (Function, error) {
	return get[Function](ctx, c, functionPath(ref), nil)
}

// UpdateFunction changes what change sets.
func (c *Client) UpdateFunction(ctx context.Context, ref string, change FunctionChange) (Function, error) {
	var function Function
	err := c.do(ctx, call{method: http.MethodPatch, path: functionPath(ref), body: change, out: &function})
	return function, err
}

// DeleteFunction removes a function and its versions.
func (c *Client) DeleteFunction(ctx context.Context, ref string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: functionPath(ref)})
}

// Versions lists the versions of a function, newest first, without code.
func (c *Client) Versions(ctx context.Context, ref string) ([]Version, error) {
	page, err := get[Page[Version]](ctx, c, functionPath(ref)+"/versions", nil)
	return page.Items, err
}

// Version returns one version with its code.
func (c *Client) Version(ctx context.Context, ref string, number int) (Version, error) {
	return get[Version](ctx, c, functionPath(ref)+"/versions/"+strconv.Itoa(number), nil)
}

// Activate makes a version the active one.
func (c *Client) Activate(ctx context.Context, ref string, number int) (Function, error) {
	var function Function
	path := functionPath(ref) + "/versions/" + strconv.Itoa(number) + "/activate"
	err := c.do(ctx, call{method: http.MethodPost, path: path, out: &function})
	return function, err
}

// ExecuteRequest is what to run a function with.
type ExecuteRequest struct {
	Input          json.RawMessage // nil means null
	Version        int             // zero means the active one
	IdempotencyKey string          // makes the call safe to repeat; it is repeated when the connection fails
}

// Execute runs a function and returns when it has finished.
func (c *Client) Execute(ctx context.Context, ref string, request ExecuteRequest) (Execution, error) {
	return c.execute(ctx, ref, request, http.Header{})
}

// Submit asks for an execution and returns once it is durable and pending.
func (c *Client) Submit(ctx context.Context, ref string, request ExecuteRequest) (Execution, error) {
	return c.execute(ctx, ref, request, http.Header{"Prefer": {"respond-async"}})
}

func (c *Client) execute(ctx context.Context, ref string, request ExecuteRequest, header http.Header) (Execution, error) {
	body := map[string]any{"input": request.Input}
	if request.Version > 0 {
		body["version"] = request.Version
	}
	if request.IdempotencyKey != "" {
		header.Set("Idempotency-Key", request.IdempotencyKey)
	}
	var execution Execution
	err := c.do(ctx, call{method: http.MethodPost, path: functionPath(ref) + "/execute", header: header, body: body, out: &execution, retried: request.IdempotencyKey != ""})
	return execution, err
}

func setUnlessEmpty(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

func setPage(query url.Values, size int, token string) {
	if size > 0 {
		query.Set("page_size", strconv.Itoa(size))
	}
	setUnlessEmpty(query, "page_token", token)
}
