package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

func TestLogs(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Settings: map[string]string{"MAX_LOG_BYTES": "200000"}})
	t.Run("both streams keep their order", func(t *testing.T) { ordered(t, s.For(t)) })
	t.Run("partial lines and invalid bytes are kept", func(t *testing.T) { oddBytes(t, s.For(t)) })
	t.Run("what a child process writes is captured", func(t *testing.T) { childOutput(t, s.For(t)) })
	t.Run("output after the answer belongs to the execution that wrote it", func(t *testing.T) { lateOutput(t, s.For(t)) })
	t.Run("what is truncated says so", func(t *testing.T) { truncated(t, s.For(t)) })
	t.Run("printing forges nothing", func(t *testing.T) { printedForgery(t, s.For(t)) })
}

// lines reads the whole log, as pages of the API.
func lines(t *testing.T, a *harness.Account, id string) []client.LogLine {
	t.Helper()
	var list []client.LogLine
	if _, _, err := a.EachLog(harness.Context(t), id, 0, func(l client.LogLine) error { list = append(list, l); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, l := range list {
		if l.Seq != int64(i+1) {
			t.Errorf("line %d has the number %d", i+1, l.Seq)
		}
		if i > 0 && l.Time.Before(list[i-1].Time) {
			t.Errorf("line %d is older than the one before", l.Seq)
		}
	}
	return list
}

func texts(list []client.LogLine, stream voltrun.Stream) []string {
	var out []string
	for _, l := range list {
		if stream == "" || l.Stream == stream {
			out = append(out, l.Text)
		}
	}
	return out
}

func ordered(t *testing.T, s *harness.Server) {
	a := s.Register("ordered")
	sources := map[string]string{
		"nodejs": `exports.handler = async () => { for (let i = 0; i < 300; i++) { console.log("out " + i); console.error("err " + i); } }`,
		"python": "import sys\ndef lambda_handler(e, c):\n    for i in range(300):\n        print('out', i)\n        print('err', i, file=sys.stderr)\n",
	}
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprint("out ", i), fmt.Sprint("err ", i))
	}
	for _, language := range languages {
		f := a.Deploy(t, "ordered-"+language.name, sources[language.name], language.change)
		e := a.Run(t, f.ID, nil)
		wantSuccess[any](t, e)
		list := lines(t, a, e.ID)
		if got := texts(list, ""); !slices.Equal(got, want) {
			t.Errorf("%s: %d lines, the order differs from what was written: %.300q", language.name, len(got), got)
		}
		if n := len(texts(list, voltrun.StreamStderr)); n != 300 {
			t.Errorf("%s: %d lines on stderr", language.name, n)
		}
		if want := strings.Join(want, "\n") + "\n"; e.Logs != want {
			t.Errorf("%s: the text of the logs differs", language.name)
		}
	}
}

func oddBytes(t *testing.T, s *harness.Server) {
	a := s.Register("odd")
	f := a.Deploy(t, "odd", "import os\ndef lambda_handler(e, c):\n    os.write(1, b'whole\\nbad \\xff\\xfe end\\nnul \\x00 here\\n\\xc3')\n    os.write(1, b'\\xa9 split\\n')\n    os.write(1, b'no end')\n", harness.Python)
	e := a.Run(t, f.ID, nil)
	wantSuccess[any](t, e)
	want := []string{"whole", "bad \uFFFD end", "nul \x00 here", "é split", "no end"}
	got := texts(lines(t, a, e.ID), "")
	if len(got) == len(want) && got[1] == "bad \uFFFD\uFFFD end" {
		got[1] = want[1] // one mark for each byte is as good as one for both
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.HasSuffix(e.Logs, "no end") {
		t.Errorf("the text ends with %q", e.Logs[max(0, len(e.Logs)-20):])
	}
}

func childOutput(t *testing.T, s *harness.Server) {
	a := s.Register("child")
	f := a.Deploy(t, "parent", "import subprocess, sys\ndef lambda_handler(e, c):\n    subprocess.run([sys.executable, '-c', 'print(\"from the child\")'], check=True)\n", harness.Python)
	e := a.Run(t, f.ID, nil)
	wantSuccess[any](t, e)
	if got := texts(lines(t, a, e.ID), voltrun.StreamStdout); !slices.Equal(got, []string{"from the child"}) {
		t.Errorf("got %q", got)
	}
}

func lateOutput(t *testing.T, s *harness.Server) {
	a := s.Register("late")
	f := a.Deploy(t, "late", `exports.handler = async (name) => { console.log("during " + name); setTimeout(() => console.log("after " + name), 30); return name; }`, harness.Warm)
	first := a.Run(t, f.ID, "one")
	wantSuccess[string](t, first)
	var second client.Execution
	harness.Eventually(t, "the machine is reused", func() error {
		// The timer of an earlier call fires while a later one runs: it is still the earlier one's output.
		second = a.Run(t, f.ID, "two")
		if second.Start != voltrun.StartWarm {
			return fmt.Errorf("it starts %s", second.Start)
		}
		return nil
	})
	for id, name := range map[string]string{first.ID: "one", second.ID: "two"} {
		for _, line := range texts(lines(t, a, id), "") {
			if line != "during "+name && line != "after "+name {
				t.Errorf("the execution %s has the line %q", name, line)
			}
		}
	}
}

func truncated(t *testing.T, s *harness.Server) {
	a := s.Register("truncated")
	f := a.Deploy(t, "loud", `exports.handler = async () => { for (let i = 0; i < 5000; i++) console.log("x".repeat(99)); return "done"; }`, harness.Timeout(30_000))
	e := a.Run(t, f.ID, nil)
	wantSuccess[string](t, e)
	const written, limit = 500_000, 200_000
	if e.LogsTruncatedBytes != written-limit {
		t.Errorf("%d bytes were dropped, it says, of %d over %d", e.LogsTruncatedBytes, written, limit)
	}
	if n := len(e.Logs); n < limit-100 || n > limit {
		t.Errorf("%d bytes are kept", n)
	}
	remark := texts(lines(t, a, e.ID), voltrun.StreamSystem)
	if len(remark) != 1 || !strings.Contains(remark[0], "300000 bytes were dropped") {
		t.Errorf("the log says %q about it", remark)
	}
	logs := must(a.Logs(harness.Context(t), e.ID, 0))(t)
	if logs.TruncatedBytes != e.LogsTruncatedBytes {
		t.Errorf("the log says %d", logs.TruncatedBytes)
	}
}

func printedForgery(t *testing.T, s *harness.Server) {
	a := s.Register("printed")
	f := a.Deploy(t, "forger", "import os, json\ndef lambda_handler(e, c):\n"+
		"    for fd in (1, 2):\n"+
		"        os.write(fd, b'\\x00\\x00\\x00\\x10R{\"invocation\":1}\\n')\n"+
		"        os.write(fd, json.dumps({'type': 'end', 'status': 'success', 'output': 'forged'}).encode() + b'\\n')\n"+
		"        os.write(fd, b'[system] log limit reached\\nEND RequestId: forged\\nREPORT forged\\n')\n"+
		"    return 'genuine'\n", harness.Python)
	e := a.Run(t, f.ID, nil)
	if out := wantSuccess[string](t, e); out != "genuine" {
		t.Errorf("the answer is %q", out)
	}
	list := lines(t, a, e.ID)
	if n := len(texts(list, voltrun.StreamSystem)); n > 0 {
		t.Errorf("%d lines pass for VoltRun's own", n)
	}
	if len(list) != 10 {
		t.Errorf("%d lines: %q", len(list), texts(list, ""))
	}
}
