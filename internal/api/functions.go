package api

import (
	"context"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/control"
)

// Function is a function as deployed.
type Function struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Description    string            `json:"description"`
	Runtime        string            `json:"runtime"`
	Handler        string            `json:"handler"`
	Version        int               `json:"version" doc:"The active version"`
	MemoryMB       int               `json:"memory_mb"`
	CPUs           float64           `json:"cpus" doc:"0: the share follows the memory, one CPU for 1,769 MB"`
	TimeoutMS      int64             `json:"timeout_ms"`
	Isolation      string            `json:"isolation" enum:"fresh,warm"`
	MaxConcurrency int               `json:"max_concurrency"`
	Env            map[string]string `json:"env"`
	SecretNames    []string          `json:"secret_names" nullable:"false" doc:"The values are write-only"`
	CreatedAt      string            `json:"created_at" format:"date-time"`
	UpdatedAt      string            `json:"updated_at" format:"date-time"`
}

// FunctionDetail is a function with the code of its active version: code when it is the
// one default file of the runtime, otherwise files.
type FunctionDetail struct {
	Function
	Digest string            `json:"digest" doc:"SHA-256 of the files of the active version, in hex"`
	Code   *string           `json:"code,omitempty"`
	Files  map[string]string `json:"files,omitempty" doc:"Path to text"`
}

// FunctionSettings are the optional settings that create and update share.
type FunctionSettings struct {
	Handler        *string           `json:"handler,omitempty" maxLength:"256" doc:"Such as index.handler; the runtime's default when left out"`
	Description    *string           `json:"description,omitempty" maxLength:"1024"`
	Code           *string           `json:"code,omitempty" doc:"The text of a single file; exclusive with files"`
	Files          map[string]string `json:"files,omitempty" doc:"Path to text; exclusive with code"`
	Env            map[string]string `json:"env,omitempty" doc:"Replaces all variables"`
	Secrets        map[string]string `json:"secrets,omitempty" doc:"Merged by name; an empty value removes a secret. Encrypted at rest and never returned"`
	MemoryMB       *int              `json:"memory_mb,omitempty" minimum:"64" maximum:"4096" doc:"Default 128"`
	CPUs           *float64          `json:"cpus,omitempty" minimum:"0" maximum:"8" doc:"0: the share follows the memory; otherwise 0.05 to 8"`
	TimeoutMS      *int64            `json:"timeout_ms,omitempty" minimum:"100" maximum:"900000" doc:"Default 3,000"`
	Isolation      *string           `json:"isolation,omitempty" enum:"fresh,warm" doc:"Default fresh: a machine nobody used before for every execution"`
	MaxConcurrency *int              `json:"max_concurrency,omitempty" minimum:"1" maximum:"1000" doc:"Default 100"`
	Message        *string           `json:"message,omitempty" maxLength:"1024" doc:"Kept with the version, when one is made"`
}

func (f FunctionSettings) change() control.FunctionChange {
	change := control.FunctionChange{
		Handler: f.Handler, Description: f.Description, Code: f.Code, Files: f.Files, Env: f.Env, Secrets: f.Secrets,
		MemoryMB: f.MemoryMB, CPUs: f.CPUs, TimeoutMS: f.TimeoutMS, MaxConcurrency: f.MaxConcurrency, Message: f.Message,
	}
	if f.Isolation != nil {
		isolation := voltrun.Isolation(*f.Isolation)
		change.Isolation = &isolation
	}
	return change
}

type createFunctionInput struct {
	Body struct {
		Name    string `json:"name" minLength:"1" maxLength:"64"`
		Runtime string `json:"runtime" minLength:"1" maxLength:"64" doc:"An id of GET /api/runtimes"`
		FunctionSettings
	}
}

type functionOutput struct{ Body Function }

func (s *Server) createFunction(ctx context.Context, in *createFunctionInput) (*functionOutput, error) {
	change := in.Body.change()
	change.Name, change.Runtime = &in.Body.Name, &in.Body.Runtime
	f, err := s.Functions.Create(ctx, owner(ctx), change)
	if err == nil {
		callOf(ctx).header("Location", "/api/functions/"+f.ID)
	}
	return functionAnswer(f, err)
}

type updateFunctionInput struct {
	FunctionRef
	Body struct {
		Name    *string `json:"name,omitempty" minLength:"1" maxLength:"64"`
		Runtime *string `json:"runtime,omitempty" minLength:"1" maxLength:"64"`
		FunctionSettings
	}
}

func (s *Server) updateFunction(ctx context.Context, in *updateFunctionInput) (*functionOutput, error) {
	change := in.Body.change()
	change.Name, change.Runtime = in.Body.Name, in.Body.Runtime
	return functionAnswer(s.Functions.Update(ctx, owner(ctx), in.Ref, change))
}

// Paging is what every paged list takes.
type Paging struct {
	Size  int    `query:"page_size" minimum:"1" maximum:"200" default:"50"`
	Token string `query:"page_token" maxLength:"512" doc:"next_page_token of the page before"`
}

func (p Paging) request() voltrun.PageRequest {
	return voltrun.PageRequest{Size: p.Size, Token: p.Token}
}

type listFunctionsInput struct {
	Paging
	Query   string `query:"q" maxLength:"256" doc:"Part of the name or description"`
	Runtime string `query:"runtime" maxLength:"64"`
}

type functionsOutput struct {
	Body struct {
		Items []Function `json:"items" nullable:"false"`
		Next  string     `json:"next_page_token" doc:"Empty on the last page"`
	}
}

func (s *Server) listFunctions(ctx context.Context, in *listFunctionsInput) (*functionsOutput, error) {
	filter := voltrun.FunctionFilter{OwnerID: owner(ctx), Runtime: in.Runtime, Query: in.Query}
	page, err := s.Functions.List(ctx, filter, in.request())
	if err != nil {
		return nil, err
	}
	out := &functionsOutput{}
	out.Body.Items = make([]Function, 0, len(page.Items))
	for _, f := range page.Items {
		out.Body.Items = append(out.Body.Items, functionOf(f))
	}
	out.Body.Next = page.NextToken
	return out, nil
}

// FunctionRef names a function.
type FunctionRef struct {
	Ref string `path:"id" maxLength:"128" doc:"The function's id or name"`
}

type functionDetailOutput struct{ Body FunctionDetail }

func (s *Server) getFunction(ctx context.Context, in *FunctionRef) (*functionDetailOutput, error) {
	f, v, err := s.Functions.Get(ctx, owner(ctx), in.Ref)
	if err != nil {
		return nil, err
	}
	detail := FunctionDetail{Function: functionOf(f), Digest: v.Digest}
	detail.Code, detail.Files = s.codeOf(v)
	return &functionDetailOutput{detail}, nil
}

func (s *Server) deleteFunction(ctx context.Context, in *FunctionRef) (*struct{}, error) {
	return nil, s.Functions.Delete(ctx, owner(ctx), in.Ref)
}

// codeOf shows what was sent as code as code, and any other version as files.
func (s *Server) codeOf(v voltrun.Version) (*string, map[string]string) {
	if text, ok := s.Functions.Code(v); ok {
		return &text, nil
	}
	return nil, v.Files
}

func owner(ctx context.Context) string { return callOf(ctx).principal.UserID }

func functionAnswer(f voltrun.Function, err error) (*functionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &functionOutput{functionOf(f)}, nil
}

func functionOf(f voltrun.Function) Function {
	out := Function{
		ID: f.ID, Name: f.Name, Description: f.Description, Runtime: f.Runtime, Handler: f.Handler, Version: f.Version,
		MemoryMB: f.MemoryMB, CPUs: f.CPUs, TimeoutMS: f.Timeout.Milliseconds(), Isolation: string(f.Isolation),
		MaxConcurrency: f.MaxConcurrency, Env: f.Env, SecretNames: f.SecretNames,
		CreatedAt: stamp(f.CreatedAt), UpdatedAt: stamp(f.UpdatedAt),
	}
	if out.Env == nil {
		out.Env = map[string]string{}
	}
	if out.SecretNames == nil {
		out.SecretNames = []string{}
	}
	return out
}
