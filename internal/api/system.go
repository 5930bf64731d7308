package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/voltrun/voltrun"
)

// Runtime is what a function can be written in.
type Runtime struct {
	ID             string `json:"id" example:"nodejs"`
	Language       string `json:"language" example:"nodejs"`
	Name           string `json:"name" example:"Node.js 22"`
	Version        string `json:"version" example:"22.23.3"`
	DefaultHandler string `json:"default_handler" example:"index.handler"`
	DefaultFile    string `json:"default_file" example:"index.mjs" doc:"Where single-file code goes"`
	Template       string `json:"template" doc:"Code to start from"`
}

type runtimesOutput struct {
	Body struct {
		Items []Runtime `json:"items" nullable:"false"`
	}
}

func (s *Server) runtimes(context.Context, *struct{}) (*runtimesOutput, error) {
	out := &runtimesOutput{}
	out.Body.Items = []Runtime{}
	for _, r := range s.Runtimes() {
		out.Body.Items = append(out.Body.Items, Runtime{ID: r.ID, Language: r.Language, Name: r.Name, Version: r.Version,
			DefaultHandler: r.DefaultHandler, DefaultFile: r.DefaultFile, Template: r.Template})
	}
	return out, nil
}

type systemOutput struct{ Body System }

func (s *Server) system(context.Context, *struct{}) (*systemOutput, error) {
	out := &systemOutput{s.System()}
	if out.Body.Fallbacks == nil {
		out.Body.Fallbacks = []string{}
	}
	return out, nil
}

// Health is the answer of the probes.
type Health struct {
	Status string   `json:"status" example:"ready"`
	Checks []string `json:"checks" nullable:"false" doc:"What was looked at"`
}

type healthOutput struct{ Body Health }

func (s *Server) live(context.Context, *struct{}) (*healthOutput, error) {
	return &healthOutput{Health{Status: "live", Checks: []string{}}}, nil
}

// readyTimeout bounds a readiness check, so that a hanging dependency answers 503 and not never.
const readyTimeout = 5 * time.Second

// ready names every check that fails. What a failure says to people is shown, its cause is only logged.
func (s *Server) ready(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	names := []string{}
	var failed []voltrun.FieldError
	for _, check := range s.checks(ctx) {
		names = append(names, check.Name)
		if !check.Ready {
			failed = append(failed, voltrun.FieldError{Location: check.Name, Message: check.Message})
		}
	}
	if len(failed) > 0 {
		return nil, refuse(http.StatusServiceUnavailable, voltrun.CodeUnavailable, "not ready; errors names what is not", failed...)
	}
	return &healthOutput{Health{Status: "ready", Checks: names}}, nil
}

// checks looks at everything the server needs, in the order of their names, and logs why something is not usable.
func (s *Server) checks(ctx context.Context) []CheckStatus {
	found := s.Ready(ctx)
	checks := []CheckStatus{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		check := CheckStatus{Name: name, Ready: true}
		if err := found[name]; err != nil {
			check.Ready, check.Message = false, "not usable"
			var e *voltrun.Error
			if errors.As(err, &e) && e.Code != voltrun.CodeInternal {
				check.Message = e.Message
			}
			s.Logger.Warn("not ready", zap.String("check", name), zap.Error(err))
		}
		checks = append(checks, check)
	}
	return checks
}
