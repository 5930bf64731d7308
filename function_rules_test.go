package voltrun

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func goodFunction() Function {
	return Function{Name: "resize-image_2", Handler: "index.handler", MemoryMB: DefaultMemoryMB, Timeout: DefaultTimeout,
		Isolation: IsolationFresh, MaxConcurrency: DefaultConcurrency}
}

// locations is where problems are, in order.
func locations(fields []FieldError) string {
	var at []string
	for _, f := range fields {
		at = append(at, f.Location)
	}
	return strings.Join(at, " ")
}

func TestFunctionProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Function)
		want   string
	}{
		"good":                   {func(*Function) {}, ""},
		"largest":                {func(f *Function) { f.MemoryMB, f.CPUs, f.Timeout, f.MaxConcurrency = 4096, 8, 15*time.Minute, 1000 }, ""},
		"smallest":               {func(f *Function) { f.MemoryMB, f.CPUs, f.Timeout, f.MaxConcurrency = 64, 0.05, 100*time.Millisecond, 1 }, ""},
		"no name":                {func(f *Function) { f.Name = "" }, "body.name"},
		"name is an id":          {func(f *Function) { f.Name = NewID(PrefixFunction) }, "body.name"},
		"name looks like an id":  {func(f *Function) { f.Name = "fn_x" }, "body.name"},
		"name with a slash":      {func(f *Function) { f.Name = "a/b" }, "body.name"},
		"name begins with digit": {func(f *Function) { f.Name = "1a" }, "body.name"},
		"name with an umlaut":    {func(f *Function) { f.Name = "größe" }, "body.name"},
		"name of 65":             {func(f *Function) { f.Name = strings.Repeat("a", 65) }, "body.name"},
		"NUL in description":     {func(f *Function) { f.Description = "a\x00" }, "body.description"},
		"lines in description":   {func(f *Function) { f.Description = "a\nb\tc" }, ""},
		"long description":       {func(f *Function) { f.Description = strings.Repeat("é", MaxDescription+1) }, "body.description"},
		"no handler":             {func(f *Function) { f.Handler = "" }, "body.handler"},
		"handler with a space":   {func(f *Function) { f.Handler = "index handler" }, "body.handler"},
		"malformed handler":      {func(f *Function) { f.Handler = "nodot" }, ""}, // the runtime reports it
		"too little memory":      {func(f *Function) { f.MemoryMB = 63 }, "body.memory_mb"},
		"too many CPUs":          {func(f *Function) { f.CPUs = 8.1 }, "body.cpus"},
		"negative CPUs":          {func(f *Function) { f.CPUs = -1 }, "body.cpus"},
		"NaN CPUs":               {func(f *Function) { f.CPUs = math.NaN() }, "body.cpus"},
		"infinite CPUs":          {func(f *Function) { f.CPUs = math.Inf(1) }, "body.cpus"},
		"too brief":              {func(f *Function) { f.Timeout = 99 * time.Millisecond }, "body.timeout_ms"},
		"too long":               {func(f *Function) { f.Timeout = MaxTimeout + 1 }, "body.timeout_ms"},
		"odd isolation":          {func(f *Function) { f.Isolation = "shared" }, "body.isolation"},
		"no concurrency":         {func(f *Function) { f.MaxConcurrency = 0 }, "body.max_concurrency"},
		"everything": {func(f *Function) { *f = Function{CPUs: -1} },
			"body.name body.handler body.memory_mb body.cpus body.timeout_ms body.isolation body.max_concurrency"},
	}
	for name, test := range tests {
		f := goodFunction()
		test.change(&f)
		if got := locations(f.Problems()); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestFileProblems(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"index.js", "lib/a/b.py", ".env", "a b.txt", "größe.txt", "..a", "a..", "...", strings.Repeat("x", 255)} {
		if got := FileProblems(map[string]string{name: "text"}); len(got) != 0 {
			t.Errorf("%q: %v", name, got)
		}
	}
	for _, name := range []string{"", "/etc/passwd", "../x", "a/../../x", "a/..", "..", ".", "./a", "a/./b", "a//b", "a/", `a\b`, `..\x`, "a\x00b",
		"a\nb", "\xff", strings.Repeat("x", 256)} {
		if got := FileProblems(map[string]string{name: "text"}); len(got) != 1 {
			t.Errorf("%q passes as a path: %v", name, got)
		}
	}
	sets := map[string]map[string]string{
		"none":              {},
		"case":              {"Index.js": "", "index.js": ""},
		"file and folder":   {"lib": "", "lib/a.js": ""},
		"the same in case":  {"LIB": "", "lib/sub/a.js": ""},
		"NUL in the text":   {"a.js": "a\x00"},
		"text is not UTF-8": {"a.js": "\xff\xfe"},
	}
	for name, files := range sets {
		if got := FileProblems(files); len(got) != 1 {
			t.Errorf("%s: got %v, want one problem", name, got)
		}
	}
}

func TestFilesSize(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a": strings.Repeat("x", MaxCodeBytes-1)}
	if err := FilesSize(files); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
	files["b"] = ""
	if err := FilesSize(files); CodeOf(err) != CodeTooLarge {
		t.Errorf("one more byte: %v", err)
	}
	many := make(map[string]string)
	for i := range MaxCodeFiles + 1 {
		many[fmt.Sprint(i)] = ""
	}
	if err := FilesSize(many); CodeOf(err) != CodeTooLarge {
		t.Errorf("one more file: %v", err)
	}
}

func TestEnvironmentProblems(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"AB", "DATABASE_URL", "a1", "NODE_ENV", "HTTP_PROXY"} {
		if got := EnvironmentProblems(map[string]string{name: ""}, nil, map[string]string{name + "_S": "x"}); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, name := range []string{"", "A", "1A", "_HANDLER", "A-B", "A B", "A=B", "Ä1", "A\x00", "PATH", "LANG", "TZ", "AWS_REGION", "LAMBDA_TASK_ROOT",
		"LD_PRELOAD", "NODE_OPTIONS", "PYTHONPATH", "NODE_EXTRA_CA_CERTS"} {
		got := EnvironmentProblems(map[string]string{name: "x"}, nil, map[string]string{name: "x"})
		if len(got) != 2 {
			t.Errorf("%q passes: %v", name, got)
		}
		for _, problem := range got {
			if strings.ContainsRune(problem.Location, 0) {
				t.Errorf("%q: raw in the location %q", name, problem.Location)
			}
		}
	}
	if got := locations(EnvironmentProblems(map[string]string{"TOKEN": "x", "URL": "a\x00"}, []string{"TOKEN"}, nil)); got != "body.env.TOKEN body.env.URL" {
		t.Errorf("got %q", got)
	}
}

func FuzzFileProblems(f *testing.F) {
	for _, name := range []string{"index.js", "../x", "a//b", "a/../b", "\\", "/"} {
		f.Add(name, "lib/"+name)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(FileProblems(map[string]string{a: "", b: ""})) > 0 {
			return
		}
		for _, name := range []string{a, b} { // what passes stays below its folder, whoever joins it
			joined := "/var/task/" + name
			if strings.Contains("/"+name+"/", "/../") || strings.Contains("/"+name+"/", "/./") || strings.Contains(joined, "//") ||
				strings.ContainsAny(name, "\\\x00") {
				t.Errorf("%q passes", name)
			}
		}
		lowerA, lowerB := strings.ToLower(a), strings.ToLower(b)
		if a != b && (lowerA == lowerB || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")) {
			t.Errorf("%q and %q pass together", a, b)
		}
	})
}
