//go:build linux

package agent

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ordinary Lambda handlers run unmodified.
func TestLambdaHandlers(t *testing.T) {
	for _, l := range languages(t) {
		folder := "python"
		if l.node {
			folder = "nodejs"
		}
		for _, dir := range glob("../lang/testdata/lambda/" + folder + "/*") {
			name := filepath.Base(dir)
			if name == "callback" && l.major >= 24 {
				continue // Node.js 24 refuses them
			}
			t.Run(l.name+"/"+name, func(t *testing.T) {
				text, err := os.ReadFile(filepath.Join(dir, "case.json"))
				if err != nil {
					t.Fatal(err)
				}
				var c struct {
					Handler         string
					Event, Expected json.RawMessage
				}
				if err := json.Unmarshal(text, &c); err != nil {
					t.Fatal(err)
				}
				code, err := filepath.Abs(dir)
				if err != nil {
					t.Fatal(err)
				}
				g := startDir(t, l, code).mustLoad(c.Handler)
				for range 2 {
					r := g.invoke(string(c.Event))
					if r.result.Failure != nil {
						t.Fatalf("%+v", *r.result.Failure)
					}
					if !sameJSON(t, r.output, string(c.Expected)) {
						t.Errorf("output %s, want %s", r.output, c.Expected)
					}
				}
			})
		}
	}
}

// The root logger writes Lambda's format, with the id of the invocation.
func TestPythonLogging(t *testing.T) {
	line := regexp.MustCompile(`^\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\treq-1\ttwo words\n$`)
	for _, l := range languages(t) {
		if l.node {
			continue
		}
		g := start(t, l, py("import logging\ndef handler(e, c): logging.warning('two %s', 'words')")).mustLoad("f.handler")
		if r := g.invoke(`{}`); !line.MatchString(r.logs[1]) || strings.Count(r.logs[1], "\n") != 1 {
			t.Errorf("%q", r.logs[1])
		}
	}
}
