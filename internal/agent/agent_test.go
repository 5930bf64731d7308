//go:build linux

package agent

import (
	"testing"
	"time"
)

// trivial is the smallest function of a language.
func trivial(l language) (map[string]string, string) {
	if l.node {
		return map[string]string{"index.js": `exports.handler = async (event) => ({ got: event });`}, "index.handler"
	}
	return map[string]string{"f.py": "def handler(event, context):\n    return {'got': event}\n"}, "f.handler"
}

func TestInvoke(t *testing.T) {
	for _, l := range languages(t) {
		t.Run(l.name, func(t *testing.T) {
			files, handler := trivial(l)
			g := start(t, l, files).mustLoad(handler)
			for range 1000 {
				r := g.invoke(`{"a":[1,"ü"]}`)
				if r.result.Failure != nil || (r.output != `{"got":{"a":[1,"ü"]}}` && r.output != `{"got": {"a": [1, "ü"]}}`) || !r.idle {
					t.Fatalf("%+v %+v", r, r.result.Failure)
				}
			}
		})
	}
}

func BenchmarkInvoke(b *testing.B) {
	for _, l := range languages(b) {
		b.Run(l.name, func(b *testing.B) {
			files, handler := trivial(l)
			g := start(b, l, files).mustLoad(handler)
			b.Logf("boot %d µs", g.hello.BootUS)
			var answered time.Duration
			for b.Loop() {
				begun := time.Now()
				g.send(`{"a":1}`)
				g.collect('R', false)
				answered += time.Since(begun)
				if f := g.read(); f.Type != 'i' {
					b.Fatalf("%q instead of Idle", f.Type)
				}
			}
			b.ReportMetric(float64(answered.Microseconds())/float64(b.N), "µs-to-result")
		})
	}
}
