package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

// waits says that it has started and then works until it is ended.
const waits = `exports.handler = async () => { console.log("started"); await new Promise((r) => setTimeout(r, 600000)); }`

func TestExecutions(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	t.Run("a call records what went in, what came out and where the time went", func(t *testing.T) { recorded(t, s.For(t)) })
	t.Run("a failing function is a result", func(t *testing.T) { failing(t, s.For(t)) })
	t.Run("an asynchronous execution is acknowledged and ends", func(t *testing.T) { asynchronous(t, s.For(t)) })
	t.Run("a running execution can be canceled", func(t *testing.T) { canceled(t, s.For(t)) })
	t.Run("a replay runs the same input again", func(t *testing.T) { replayed(t, s.For(t)) })
	t.Run("one idempotency key is one execution", func(t *testing.T) { idempotent(t, s.For(t)) })
	t.Run("pages neither miss nor repeat while new executions arrive", func(t *testing.T) { paged(t, s.For(t)) })
	t.Run("filters select", func(t *testing.T) { filtered(t, s.For(t)) })
	t.Run("input and output up to the limit pass and more is refused", func(t *testing.T) { sizes(t, s.For(t)) })
	t.Run("a fresh machine is never used twice", func(t *testing.T) { fresh(t, s.For(t)) })
	t.Run("a warm machine never crosses version, settings, function or user", func(t *testing.T) { warm(t, s.For(t)) })
}

func recorded(t *testing.T, s *harness.Server) {
	a := s.Register("recorded")
	for _, language := range languages {
		f := a.Deploy(t, "echo-"+language.name, language.echo, language.change)
		input := `{"text":"Grüße 🌍 \u0000 </script>","n":[1,2.5,-7,1e3,null,true],"nested":{"":{}}}`
		e, err := a.Execute(harness.Context(t), f.ID, client.ExecuteRequest{Input: json.RawMessage(input)})
		if err != nil {
			t.Fatal(err)
		}
		out := wantSuccess[map[string]any](t, e)
		var want map[string]any
		if err := json.Unmarshal([]byte(input), &want); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(out) != fmt.Sprint(want) {
			t.Errorf("%s: %v came back as %v", language.name, want, out)
		}
		stored, err := a.Execution(harness.Context(t), e.ID)
		if err != nil || string(stored.Output) != string(e.Output) || stored.Status != e.Status || len(stored.Phases) != len(e.Phases) {
			t.Errorf("%s: stored as %+v, %v", language.name, stored, err)
		}
		var names []string
		for _, phase := range e.Phases {
			names = append(names, phase.Name)
			if phase.MS < 0 {
				t.Errorf("%s took %v ms", phase.Name, phase.MS)
			}
		}
		if !slices.Equal(names, []string{"admit", "queue", "acquire", "load", "handler", "record"}) {
			t.Errorf("%s: the phases are %v", language.name, names)
		}
		if e.StartedAt == nil || e.FinishedAt == nil || e.CreatedAt.After(*e.StartedAt) || e.StartedAt.After(*e.FinishedAt) || e.Attempt != 1 ||
			e.Start != voltrun.StartCold || e.Trigger != voltrun.TriggerAPI || e.FunctionName != f.Name || !strings.HasPrefix(e.ID, "exe_") {
			t.Errorf("%s: the record is %+v", language.name, e)
		}
		if e.MemoryPeakBytes < 1<<20 || e.MemoryPeakBytes > 200<<20 {
			t.Errorf("%s: the memory peak is %d bytes", language.name, e.MemoryPeakBytes)
		}
	}
}

func failing(t *testing.T, s *harness.Server) {
	a := s.Register("failing")
	node := a.Deploy(t, "thrower", `class Oops extends Error {} ; exports.handler = async () => { const e = new Oops("no luck"); e.name = "Oops"; throw e; }`)
	answer := s.Call("POST", "/api/functions/"+node.ID+"/execute", a.SignIn.Token, `{"input":1}`)
	if answer.Status != http.StatusOK {
		t.Errorf("a function that throws answers %d", answer.Status)
	}
	var e client.Execution
	answer.Into(t, &e)
	wantFailure(t, e, voltrun.StatusFailed, "Oops")
	if e.Error.Message != "no luck" || len(e.Error.Stack) == 0 || string(e.Output) != "null" {
		t.Errorf("the error is %+v, the output %s", e.Error, e.Output)
	}
	python := a.Deploy(t, "raiser", "def lambda_handler(e, c):\n    raise KeyError('no luck')\n", harness.Python)
	wantFailure(t, a.Run(t, python.ID, nil), voltrun.StatusFailed, "KeyError")
	for source, kind := range map[string]string{
		`exports.handler = async ( => 1`:                                                      "Runtime.UserCodeSyntaxError",
		`require("not-there"); exports.handler = async () => 1`:                               "Runtime.ImportModuleError",
		`exports.other = async () => 1`:                                                       "Runtime.HandlerNotFound",
		`exports.handler = async () => process.exit(7)`:                                       "Runtime.ExitError",
		`exports.handler = () => new Promise(() => {})`:                                       "Runtime.NodeJsExit",
		`exports.handler = async () => { setTimeout(()=>{},6e5); await new Promise(()=>{}) }`: voltrun.ErrorTimeout,
	} {
		f := a.Deploy(t, "f"+strings.ToLower(voltrun.NewID("x")[2:]), source, harness.Timeout(1000))
		e := a.Run(t, f.ID, nil)
		status := voltrun.StatusFailed
		if kind == voltrun.ErrorTimeout {
			status = voltrun.StatusTimeout
		}
		wantFailure(t, e, status, kind)
		if kind == "Runtime.ExitError" && (e.ExitCode == nil || *e.ExitCode != 7) {
			t.Errorf("exit code %v", e.ExitCode)
		}
		if kind == voltrun.ErrorTimeout && e.Error.Message != "Task timed out after 1.00 seconds" {
			t.Errorf("the message is %q", e.Error.Message)
		}
	}
}

func asynchronous(t *testing.T, s *harness.Server) {
	a := s.Register("async")
	f := a.Deploy(t, "later", echoNode)
	for _, how := range []struct{ path, header string }{{"", "respond-async"}, {"?async=true", ""}} {
		answer := s.Call("POST", "/api/functions/"+f.ID+"/execute"+how.path, a.SignIn.Token, `{"input":"later"}`, "Prefer", how.header)
		var e client.Execution
		answer.Into(t, &e)
		if answer.Status != http.StatusAccepted || e.Status != voltrun.StatusPending || answer.Header.Get("Location") != "/api/executions/"+e.ID {
			t.Errorf("status %d, execution %s, location %q", answer.Status, e.Status, answer.Header.Get("Location"))
		}
		ended := a.Await(t, e.ID)
		if wantSuccess[string](t, ended) != "later" || ended.Trigger != voltrun.TriggerAsync {
			t.Errorf("it ended as %+v", ended)
		}
	}
}

// awaitStarted waits until the function has begun to run.
func awaitStarted(t *testing.T, a *harness.Account, id string) {
	t.Helper()
	harness.Eventually(t, "the function starts", func() error {
		logs, err := a.Logs(harness.Context(t), id, 0)
		if err == nil && len(logs.Items) == 0 {
			err = fmt.Errorf("it has written nothing")
		}
		return err
	})
}

func canceled(t *testing.T, s *harness.Server) {
	a := s.Register("cancel")
	ctx := harness.Context(t)
	f := a.Deploy(t, "endless", waits, harness.Timeout(600_000))
	e, err := a.Submit(ctx, f.ID, client.ExecuteRequest{})
	if err != nil {
		t.Fatal(err)
	}
	awaitStarted(t, a, e.ID)
	if err := a.Cancel(ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	ended := a.Await(t, e.ID)
	wantFailure(t, ended, voltrun.StatusCanceled, voltrun.ErrorCanceled)
	if !strings.Contains(ended.Logs, "started") {
		t.Errorf("the logs until then are %q", ended.Logs)
	}
	if again, err := a.Execution(ctx, e.ID); err != nil || again.Status != voltrun.StatusCanceled {
		t.Errorf("later it is %s, %v", again.Status, err)
	}
	code(t, a.Cancel(ctx, e.ID), voltrun.CodeConflict)
	harness.Eventually(t, "the machine is destroyed", func() error {
		if n := s.Metric(`voltrun_machines{state="busy"}`); n > 0 {
			return fmt.Errorf("%v machines are busy", n)
		}
		return nil
	})
	synchronous := make(chan client.Execution, 1)
	go func() { // ends with the execution
		e, err := a.Execute(background(), f.ID, client.ExecuteRequest{})
		if err != nil {
			t.Error(err)
		}
		synchronous <- e
	}()
	var running client.Execution
	harness.Eventually(t, "the synchronous one runs", func() error {
		page, err := a.Executions(ctx, client.ExecutionFilter{Status: voltrun.StatusRunning})
		if err != nil || len(page.Items) != 1 {
			return fmt.Errorf("%d run, %v", len(page.Items), err)
		}
		running = page.Items[0]
		return nil
	})
	if err := a.Cancel(ctx, running.ID); err != nil {
		t.Error(err)
	}
	wantFailure(t, <-synchronous, voltrun.StatusCanceled, voltrun.ErrorCanceled)
}

func replayed(t *testing.T, s *harness.Server) {
	a := s.Register("replay")
	ctx := harness.Context(t)
	f := a.Deploy(t, "again", `exports.handler = async (e) => ["one", e]`)
	first := a.Run(t, f.ID, map[string]string{"k": "v"})
	if _, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Code: harness.Ptr(`exports.handler = async (e) => ["two", e]`)}); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[int]string{1: `["one",{"k":"v"}]`, 2: `["two",{"k":"v"}]`} {
		e, err := a.Replay(ctx, first.ID, version)
		if err != nil {
			t.Fatal(err)
		}
		ended := a.Await(t, e.ID)
		if ended.ReplayOf != first.ID || ended.Trigger != voltrun.TriggerReplay || string(ended.Output) != want || ended.ID == first.ID {
			t.Errorf("version %d: %+v, output %s", version, ended, ended.Output)
		}
	}
}

func idempotent(t *testing.T, s *harness.Server) {
	a := s.Register("idempotent")
	ctx := harness.Context(t)
	f := a.Deploy(t, "once", `exports.handler = async (e) => { await new Promise((r) => setTimeout(r, 200)); return e; }`)
	for _, mode := range []string{"sync", "async"} {
		const callers = 12
		ids := make([]string, callers)
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				run := a.Execute
				if mode == "async" {
					run = a.Submit
				}
				e, err := run(ctx, f.ID, client.ExecuteRequest{Input: json.RawMessage(fmt.Sprint(i)), IdempotencyKey: "the-same-" + mode})
				if err != nil {
					t.Errorf("%s: %v", mode, err)
				}
				ids[i] = e.ID
			})
		}
		all.Wait()
		if slices.Sort(ids); len(slices.Compact(ids)) != 1 {
			t.Errorf("%s: executions %v", mode, slices.Compact(ids))
		}
		first := a.Await(t, ids[0])
		again, err := a.Execute(ctx, f.ID, client.ExecuteRequest{Input: json.RawMessage("99"), IdempotencyKey: "the-same-" + mode})
		if err != nil || again.ID != first.ID || string(again.Output) != string(first.Output) {
			t.Errorf("%s: later it is %+v, %v", mode, again, err)
		}
	}
	page, err := a.Executions(ctx, client.ExecutionFilter{FunctionID: f.ID})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%d executions are on record, %v", len(page.Items), err)
	}
	other := a.Deploy(t, "once-too", echoNode)
	e, err := a.Execute(ctx, other.ID, client.ExecuteRequest{IdempotencyKey: "the-same-sync"})
	if err != nil || e.FunctionID != other.ID {
		t.Errorf("the key of another function gives %+v, %v", e, err)
	}
}

func paged(t *testing.T, s *harness.Server) {
	a := s.Register("paged")
	ctx := harness.Context(t)
	f := a.Deploy(t, "many", echoNode, harness.Warm)
	var want []string
	for i := range 25 {
		want = append(want, a.Run(t, f.ID, i).ID)
	}
	slices.Reverse(want) // newest first
	var got []string
	for token := ""; ; {
		page, err := a.Executions(ctx, client.ExecutionFilter{FunctionID: f.ID, PageSize: 4, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > 4 {
			t.Errorf("a page of %d", len(page.Items))
		}
		for _, e := range page.Items {
			got = append(got, e.ID)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
		a.Run(t, f.ID, "arrived meanwhile")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, query := range []string{"page_token=nonsense", "page_size=0", "page_size=201", "page_size=x", "status=odd", "from=yesterday"} {
		if answer := s.Call("GET", "/api/executions?"+query, a.SignIn.Token, nil); answer.Status != http.StatusUnprocessableEntity || answer.Problem(t) != "validation" {
			t.Errorf("%s: %d %s", query, answer.Status, answer.Body)
		}
	}
}

func filtered(t *testing.T, s *harness.Server) {
	a := s.Register("filtered")
	good, bad := a.Deploy(t, "good", echoNode), a.Deploy(t, "bad", `exports.handler = async () => { throw new RangeError("needle 100%_") }`)
	ok := a.Run(t, good.ID, 1)
	failed := a.Run(t, bad.ID, 1)
	later := a.Await(t, must(a.Submit(harness.Context(t), good.ID, client.ExecuteRequest{}))(t).ID)
	for name, c := range map[string]struct {
		filter client.ExecutionFilter
		want   []string
	}{
		"all":           {client.ExecutionFilter{}, []string{later.ID, failed.ID, ok.ID}},
		"function":      {client.ExecutionFilter{FunctionID: bad.ID}, []string{failed.ID}},
		"status":        {client.ExecutionFilter{Status: voltrun.StatusSuccess}, []string{later.ID, ok.ID}},
		"trigger":       {client.ExecutionFilter{Trigger: voltrun.TriggerAsync}, []string{later.ID}},
		"error":         {client.ExecutionFilter{Query: "NEEDLE"}, []string{failed.ID}},
		"wildcards":     {client.ExecutionFilter{Query: "100%_"}, []string{failed.ID}},
		"only a %":      {client.ExecutionFilter{Query: "1%0"}, nil},
		"id":            {client.ExecutionFilter{Query: ok.ID}, []string{ok.ID}},
		"from":          {client.ExecutionFilter{From: failed.CreatedAt, FunctionID: bad.ID}, []string{failed.ID}},
		"to":            {client.ExecutionFilter{To: ok.CreatedAt}, nil},
		"nothing":       {client.ExecutionFilter{Status: voltrun.StatusTimeout}, nil},
		"two filters":   {client.ExecutionFilter{FunctionID: good.ID, Status: voltrun.StatusFailed}, nil},
		"type of error": {client.ExecutionFilter{Query: "rangeerror"}, []string{failed.ID}},
	} {
		page, err := a.Executions(harness.Context(t), c.filter)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for _, e := range page.Items {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// must makes a call with an error fit into an expression.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestConcurrencyIsBoundedAndWhoWaitsTooLongIsTold(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Settings: map[string]string{"QUEUE_WAIT": "1s"}})
	a := s.Register("concurrency")
	ctx := harness.Context(t)
	f := a.Deploy(t, "two-at-most", waits, harness.Timeout(600_000), func(c *client.FunctionChange) { c.MaxConcurrency = harness.Ptr(2) })
	var ids []string
	for range 5 {
		ids = append(ids, must(a.Submit(ctx, f.ID, client.ExecuteRequest{}))(t).ID)
	}
	running := func() int {
		return len(must(a.Executions(ctx, client.ExecutionFilter{FunctionID: f.ID, Status: voltrun.StatusRunning}))(t).Items)
	}
	harness.Eventually(t, "two run", func() error {
		if n := running(); n != 2 {
			return fmt.Errorf("%d run", n)
		}
		return nil
	})
	began := time.Now()
	answer := s.Call("POST", "/api/functions/"+f.ID+"/execute", a.SignIn.Token, `{}`)
	if answer.Status != http.StatusServiceUnavailable || answer.Problem(t) != "capacity" || answer.Header.Get("Retry-After") == "" {
		t.Errorf("a third call gets %d: %s", answer.Status, answer.Body)
	}
	if waited := time.Since(began); waited < 900*time.Millisecond {
		t.Errorf("it was refused after %v, before queue_wait", waited)
	}
	neighbour := a.Deploy(t, "neighbour", echoNode)
	if e := a.Await(t, must(a.Submit(ctx, neighbour.ID, client.ExecuteRequest{Input: []byte("1")}))(t).ID); e.Status != voltrun.StatusSuccess {
		t.Errorf("another function is held up: %s, %+v", e.Status, e.Error)
	}
	if n := running(); n != 2 {
		t.Errorf("%d run", n)
	}
	for _, id := range ids {
		if err := a.Cancel(ctx, id); err != nil {
			t.Error(err)
		}
	}
	for _, id := range ids {
		wantFailure(t, a.Await(t, id), voltrun.StatusCanceled, voltrun.ErrorCanceled)
	}
}

func sizes(t *testing.T, s *harness.Server) {
	a := s.Register("sizes")
	f := a.Deploy(t, "large", `exports.handler = async (e) => typeof e === "number" ? "x".repeat(e) : e.length`, harness.Memory(512), harness.Timeout(60_000))
	text := strings.Repeat("y", voltrun.MaxInputBytes-2)
	if n := wantSuccess[int](t, a.Run(t, f.ID, text)); n != len(text) {
		t.Errorf("%d of %d characters arrive", n, len(text))
	}
	if out := wantSuccess[string](t, a.Run(t, f.ID, voltrun.MaxOutputBytes-2)); len(out) != voltrun.MaxOutputBytes-2 {
		t.Errorf("%d bytes come back", len(out))
	}
	wantFailure(t, a.Run(t, f.ID, voltrun.MaxOutputBytes-1), voltrun.StatusFailed, voltrun.ErrorOutputSize)
	answer := s.Call("POST", "/api/functions/"+f.ID+"/execute", a.SignIn.Token, `{"input":"`+text+`y"}`)
	if answer.Status != http.StatusRequestEntityTooLarge || answer.Problem(t) != "too_large" {
		t.Errorf("too much input gets %d", answer.Status)
	}
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	if answer := s.Call("POST", "/api/functions/"+f.ID+"/execute", a.SignIn.Token, `{"input":`+deep+`}`); answer.Status != http.StatusOK {
		t.Errorf("100 levels get %d: %.300s", answer.Status, answer.Body)
	}
	for _, levels := range []int{101, 100_000} {
		body := `{"input":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
		if answer := s.Call("POST", "/api/functions/"+f.ID+"/execute", a.SignIn.Token, body); answer.Status != http.StatusBadRequest {
			t.Errorf("%d levels get %d", levels, answer.Status)
		}
	}
}

// remembers counts its calls in memory and on disk, and says which process it is.
const remembers = `const fs = require("fs"); let calls = 0;
exports.handler = async (e) => { let disk = 0; try { disk = Number(fs.readFileSync("/tmp/count", "utf8")) } catch {}
  fs.writeFileSync("/tmp/count", String(disk + 1)); calls++; globalThis.seen ??= []; seen.push(e); return { calls, disk: disk + 1, seen, tag: "TAG" } }`

type memory struct {
	Calls, Disk int
	Seen        []string
	Tag         string
}

func fresh(t *testing.T, s *harness.Server) {
	a := s.Register("fresh")
	f := a.Deploy(t, "forgetful", remembers)
	for i := range 5 {
		e := a.Run(t, f.ID, fmt.Sprint("call ", i))
		if m := wantSuccess[memory](t, e); m.Calls != 1 || m.Disk != 1 || e.Start != voltrun.StartCold {
			t.Errorf("call %d sees %+v, start %s", i, m, e.Start)
		}
	}
}

func warm(t *testing.T, s *harness.Server) {
	a, b := s.Register("warm"), s.Register("lukewarm")
	ctx := harness.Context(t)
	f := a.Deploy(t, "remembering", remembers, harness.Warm)
	call := func(who *harness.Account, ref, input string) (memory, voltrun.StartKind) {
		t.Helper()
		e := who.Run(t, ref, input)
		return wantSuccess[memory](t, e), e.Start
	}
	call(a, f.ID, "a1")
	harness.Eventually(t, "the machine is reused", func() error {
		m, start := call(a, f.ID, "a2")
		if m.Calls < 2 || m.Disk < 2 || start != voltrun.StartWarm {
			return fmt.Errorf("%+v, %s", m, start)
		}
		return nil
	})
	wantNew := func(what string, m memory, start voltrun.StartKind, tag string) {
		t.Helper()
		if m.Calls != 1 || m.Disk != 1 || len(m.Seen) != 1 || start != voltrun.StartCold || m.Tag != tag {
			t.Errorf("%s: the machine had been used: %+v, %s", what, m, start)
		}
	}
	twin := a.Deploy(t, "twin", remembers, harness.Warm)
	m, start := call(a, twin.ID, "another function")
	wantNew("another function", m, start, "TAG")
	theirs := b.Deploy(t, "remembering", remembers, harness.Warm)
	m, start = call(b, theirs.ID, "another user")
	wantNew("another user", m, start, "TAG")
	if _, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Code: harness.Ptr(strings.Replace(remembers, "TAG", "NEW", 1))}); err != nil {
		t.Fatal(err)
	}
	m, start = call(a, f.ID, "another version")
	wantNew("another version", m, start, "NEW")
	if _, err := a.UpdateFunction(ctx, f.ID, client.FunctionChange{Env: &map[string]string{"NEW_VALUE": "1"}}); err != nil {
		t.Fatal(err)
	}
	m, start = call(a, f.ID, "another environment")
	wantNew("another environment", m, start, "NEW")
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			for range 25 {
				if e := a.Run(t, twin.ID, "x"); e.Status != voltrun.StatusSuccess {
					t.Errorf("together: %+v", e.Error)
				}
			}
		})
	}
	together.Wait()
}
