package api

import (
	"context"

	"github.com/voltrun/voltrun/internal/control"
)

// Version is one immutable state of a function's code.
type Version struct {
	Number    int    `json:"number"`
	Digest    string `json:"digest" doc:"SHA-256 of the files, in hex"`
	Runtime   string `json:"runtime"`
	Handler   string `json:"handler"`
	Message   string `json:"message"`
	Active    bool   `json:"active"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

// VersionDetail is a version with its code, as FunctionDetail has it.
type VersionDetail struct {
	Version
	Code  *string           `json:"code,omitempty"`
	Files map[string]string `json:"files,omitempty" doc:"Path to text"`
}

type versionsOutput struct {
	Body struct {
		Items []Version `json:"items" nullable:"false"`
	}
}

func (s *Server) listVersions(ctx context.Context, in *FunctionRef) (*versionsOutput, error) {
	versions, err := s.Functions.Versions(ctx, owner(ctx), in.Ref)
	if err != nil {
		return nil, err
	}
	out := &versionsOutput{}
	out.Body.Items = make([]Version, 0, len(versions))
	for _, v := range versions {
		out.Body.Items = append(out.Body.Items, versionOf(v))
	}
	return out, nil
}

type versionInput struct {
	FunctionRef
	Number int `path:"n" minimum:"1" doc:"The version's number"`
}

type versionDetailOutput struct{ Body VersionDetail }

func (s *Server) getVersion(ctx context.Context, in *versionInput) (*versionDetailOutput, error) {
	v, err := s.Functions.Version(ctx, owner(ctx), in.Ref, in.Number)
	if err != nil {
		return nil, err
	}
	detail := VersionDetail{Version: versionOf(v)}
	detail.Code, detail.Files = s.codeOf(v.Version)
	return &versionDetailOutput{detail}, nil
}

func (s *Server) activateVersion(ctx context.Context, in *versionInput) (*functionOutput, error) {
	return functionAnswer(s.Functions.Activate(ctx, owner(ctx), in.Ref, in.Number))
}

func versionOf(v control.VersionInfo) Version {
	return Version{Number: v.Number, Digest: v.Digest, Runtime: v.Runtime, Handler: v.Handler,
		Message: v.Message, Active: v.Active, CreatedAt: stamp(v.CreatedAt)}
}
