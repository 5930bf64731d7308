package test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

// TestAcknowledgedExecutionsSurviveKill9 kills the server again and again while it works off a
// backlog, and compares what was acknowledged with what ended.
func TestAcknowledgedExecutionsSurviveKill9(t *testing.T) {
	t.Parallel()
	everyIdentity(t, func(t *testing.T, options harness.Options) {
		options.Settings = map[string]string{"MAX_ATTEMPTS": "10", "SLOTS": "8"}
		s := harness.Start(t, options)
		total, kills := 200, 4
		if testing.Short() {
			total, kills = 40, 2
		}
		crashRounds(t, s, total, kills)
	})
}

func crashRounds(t *testing.T, s *harness.Server, total, kills int) {
	a := s.Register("crash")
	f := a.Deploy(t, "worker", `exports.handler = async (n) => { console.log("working on " + n); await new Promise((r) => setTimeout(r, 20)); return n * 2; }`)
	random := rand.New(rand.NewPCG(7, 8))
	acknowledged := map[string]int{} // id → input
	byKey := map[string]string{}     // idempotency key → id
	next := 0
	for round := range kills {
		var mu sync.Mutex
		var submitters sync.WaitGroup
		crash := make(chan struct{})
		target := total / kills
		killAfter := target/2 + random.IntN(target/2)
		count := 0
		for range 4 {
			submitters.Go(func() {
				for {
					mu.Lock()
					n := next
					if next >= (round+1)*target {
						mu.Unlock()
						return
					}
					next++
					mu.Unlock()
					key := fmt.Sprint("key-", n)
					answer, err := s.TryCall("POST", "/api/functions/"+f.ID+"/execute", a.SignIn.Token, map[string]int{"input": n}, "Prefer", "respond-async", "Idempotency-Key", key)
					var e client.Execution
					if err != nil || answer.Status != http.StatusAccepted || json.Unmarshal(answer.Body, &e) != nil {
						continue // not acknowledged: the crash came first
					}
					mu.Lock()
					acknowledged[e.ID], byKey[key] = n, e.ID
					if count++; count == killAfter {
						close(crash)
					}
					mu.Unlock()
				}
			})
		}
		<-crash
		s.Kill()
		submitters.Wait()
		s.AssertNoMounts()
		s.Restart()
		a = a.Again()
	}
	// The same key after a crash names the same execution.
	ctx := harness.Context(t)
	for key, id := range byKey {
		e := must(a.Submit(ctx, f.ID, client.ExecuteRequest{Input: json.RawMessage("0"), IdempotencyKey: key}))(t)
		if e.ID != id {
			t.Errorf("the key %s named %s and now names %s", key, id, e.ID)
		}
		break
	}
	ended, retried := 0, 0
	for id, n := range acknowledged {
		e := a.Await(t, id)
		if out := wantSuccess[int](t, e); out != 2*n {
			t.Errorf("execution %s of %d answers %d", id, n, out)
		}
		if e.Attempt > 1 {
			retried++
		}
		ended++
	}
	t.Logf("%d executions were acknowledged over %d kills; %d ended, %d of them after more than one attempt", len(acknowledged), kills, ended, retried)
	if ended != len(acknowledged) || ended < total/3 {
		t.Errorf("%d of %d acknowledged executions ended", ended, len(acknowledged))
	}
	for _, status := range []voltrun.Status{voltrun.StatusPending, voltrun.StatusRunning} {
		harness.Eventually(t, fmt.Sprintf("nothing is %s", status), func() error {
			page, err := a.Executions(ctx, client.ExecutionFilter{Status: status})
			if err == nil && len(page.Items) > 0 {
				err = fmt.Errorf("%d are", len(page.Items))
			}
			return err
		})
	}
	s.Stop()
	s.AssertNothingLeft()
}

// everyIdentity runs a test with a server that is root and with one that is not, as far as this host allows.
func everyIdentity(t *testing.T, test func(t *testing.T, options harness.Options)) {
	t.Helper()
	if harness.CanBeRoot() {
		t.Run("root", func(t *testing.T) { test(t, harness.Options{}) })
	}
	t.Run("rootless", func(t *testing.T) { test(t, harness.Options{Rootless: true}) })
}

// TestStopDrains stops the server under load: calls that were accepted are answered well, others are
// refused on the connection, and none is answered 5xx.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	a := s.Register("drain")
	f := a.Deploy(t, "slow", `exports.handler = async (n) => { await new Promise((r) => setTimeout(r, 300)); return n; }`)
	wantSuccess[int](t, a.Run(t, f.ID, 0))
	var mu sync.Mutex
	var callers sync.WaitGroup
	answered, refused := 0, 0
	busy := make(chan struct{})
	for i := range 8 {
		callers.Go(func() {
			for n := i; ; n += 8 {
				answer, err := s.TryCall("POST", "/api/functions/"+f.ID+"/execute", a.SignIn.Token, map[string]int{"input": n})
				mu.Lock()
				if err != nil {
					refused++
					mu.Unlock()
					return // the server is gone
				}
				if answered++; answered == 20 {
					close(busy)
				}
				mu.Unlock()
				var e client.Execution
				if answer.Status != http.StatusOK {
					t.Errorf("an accepted call gets %d: %s", answer.Status, answer.Body)
					return
				}
				if answer.Into(t, &e); e.Status != voltrun.StatusSuccess {
					t.Errorf("an accepted call ends %s: %+v", e.Status, e.Error)
				}
			}
		})
	}
	<-busy
	pending := must(a.Submit(harness.Context(t), f.ID, client.ExecuteRequest{Input: []byte("7")}))(t)
	s.Stop()
	callers.Wait()
	t.Logf("%d calls were answered, %d connections were refused", answered, refused)
	s.AssertNothingLeft()
	s.Restart()
	if out := wantSuccess[int](t, a.Again().Await(t, pending.ID)); out != 7 {
		t.Errorf("what was pending answers %d", out)
	}
}

// TestStopIsBounded stops a server while a function would run for minutes.
func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Settings: map[string]string{"DRAIN_TIMEOUT": "1s"}})
	a := s.Register("bounded")
	f := a.Deploy(t, "endless", waits, harness.Timeout(600_000))
	e := must(a.Submit(harness.Context(t), f.ID, client.ExecuteRequest{}))(t)
	awaitStarted(t, a, e.ID)
	s.Signal(syscall.SIGTERM)
	s.AwaitGone()
	s.AssertNothingLeft()
	s.Restart()
	a = a.Again()
	awaitStarted(t, a, e.ID) // it went back to the queue and runs again
	if err := a.Cancel(harness.Context(t), e.ID); err != nil {
		t.Error(err)
	}
	wantFailure(t, a.Await(t, e.ID), voltrun.StatusCanceled, voltrun.ErrorCanceled)
}

func TestRetentionKeepsTheNewest(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Settings: map[string]string{"RETENTION_COUNT": "5"}})
	a := s.Register("retention")
	ctx := harness.Context(t)
	f, other := a.Deploy(t, "busy", echoNode, harness.Warm), a.Deploy(t, "idle", echoNode)
	kept := a.Run(t, other.ID, 0)
	var ids []string
	for i := range 12 {
		ids = append(ids, a.Run(t, f.ID, i).ID)
	}
	harness.Eventually(t, "the oldest are removed", func() error {
		page, err := a.Executions(ctx, client.ExecutionFilter{FunctionID: f.ID})
		if err == nil && len(page.Items) != 5 {
			err = fmt.Errorf("%d are there", len(page.Items))
		}
		return err
	})
	for i, id := range ids {
		_, err := a.Execution(ctx, id)
		if gone := client.CodeOf(err) == voltrun.CodeNotFound; gone != (i < 7) {
			t.Errorf("execution %d of 12 is gone: %v, %v", i+1, gone, err)
		}
	}
	if _, err := a.Execution(ctx, kept.ID); err != nil {
		t.Errorf("another function's execution: %v", err)
	}
}

// TestDataFolderIsPrivate looks at what the server writes, and who may read it.
func TestDataFolderIsPrivate(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	a := s.Register("private")
	wantSuccess[int](t, a.Run(t, a.Deploy(t, "f", echoNode).ID, 1))
	entries, err := os.ReadDir(s.DataDir())
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, entry := range entries {
		info, err := os.Stat(filepath.Join(s.DataDir(), entry.Name()))
		if err != nil {
			continue // it went away
		}
		if entry.Type().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
	}
}

// TestSecondServerIsRefused starts another server on a data folder that is in use.
func TestSecondServerIsRefused(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{})
	a := s.Register("first")
	text, err := s.RunSecond()
	if err == nil {
		t.Error("a second server runs on the same data folder")
	}
	if text == "" {
		t.Error("it does not say why")
	}
	wantSuccess[int](t, a.Run(t, a.Deploy(t, "still-fine", echoNode).ID, 1))
}
