package test

import (
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/api"
	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

// TestSeed fills a new server with test data, and runs every version of every function of it.
func TestSeed(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, harness.Options{Env: []string{"VOLTRUN_SEED_PASSWORD=" + harness.Password}})
	if said, err := s.RunCommand("seed"); err == nil || !strings.Contains(said, "another VoltRun uses the data directory") {
		t.Fatalf("beside a running server: %v\n%s", err, said)
	}
	s.Stop()
	said, err := s.RunCommand("seed")
	if err != nil || !strings.Contains(said, "sign in as demo@voltrun.local with the password "+harness.Password) {
		t.Fatalf("seed: %v\n%s", err, said)
	}
	if said, err := s.RunCommand("seed"); err == nil || !strings.Contains(said, "the database has users") {
		t.Fatalf("a second time: %v\n%s", err, said)
	}
	s.Launch()
	s.AwaitReady()

	var signed struct{ Token string }
	s.Call("POST", "/api/auth/login", "", map[string]string{"email": "demo@voltrun.local", "password": harness.Password}).Into(t, &signed)
	a := s.WithToken(signed.Token)
	var before, after api.Stats
	s.Call("GET", "/api/stats", signed.Token, nil).Into(t, &before)
	if before.Totals.Executions < 1900 || before.Totals.Failed == 0 || before.Totals.Timeout == 0 || before.Totals.Canceled == 0 || before.Totals.P99MS == nil {
		t.Errorf("the last day has %+v", before.Totals)
	}
	ran := runSeeded(t, s, a)
	s.Call("GET", "/api/stats?range=24h", signed.Token, nil).Into(t, &after)
	// The window moves on: at most what its first step had has left it meanwhile.
	if got := after.Totals.Executions - before.Totals.Executions; got > ran || got < ran-before.Points[0].Executions {
		t.Errorf("%d executions ran, and the statistics have %d more", ran, got)
	}
	checkServerStatus(t, s, signed.Token)
	s.Stop()
	s.AssertNothingLeft()
}

// runSeeded executes each version of each function with the input of an execution on record, and returns how many it ran. What
// succeeded then succeeds now.
func runSeeded(t *testing.T, s *harness.Server, a *client.Client) (ran int64) {
	ctx := harness.Context(t)
	functions, err := a.Functions(ctx, client.FunctionFilter{})
	if err != nil || len(functions.Items) < 8 {
		t.Fatalf("%d functions, %v", len(functions.Items), err)
	}
	for _, f := range functions.Items {
		list, err := a.Executions(ctx, client.ExecutionFilter{FunctionID: f.ID, Status: voltrun.StatusSuccess, PageSize: 200})
		if err != nil {
			t.Fatal(err)
		}
		tried := map[int]bool{}
		for _, old := range list.Items {
			if tried[old.Version] {
				continue
			}
			tried[old.Version] = true
			full, err := a.Execution(ctx, old.ID)
			if err != nil {
				t.Fatal(err)
			}
			e, err := a.Execute(ctx, f.ID, client.ExecuteRequest{Input: full.Input, Version: old.Version})
			if err != nil {
				t.Fatalf("execute %s: %v", f.Name, err)
			}
			ran++
			if e.Status != voltrun.StatusSuccess {
				t.Errorf("version %d of %s with %s: %s %+v", old.Version, f.Name, full.Input, e.Status, e.Error)
			}
		}
		if len(tried) == 0 {
			t.Errorf("no execution of %s has succeeded", f.Name)
		}
	}
	return ran
}

func checkServerStatus(t *testing.T, s *harness.Server, token string) {
	answer := s.Call("GET", "/api/status", token, nil)
	var status api.ServerStatus
	answer.Into(t, &status)
	if status.Isolation.Driver != "container" || status.Isolation.Strong || len(status.Runtimes) < 2 || len(status.Pool.Shelves) == 0 || status.Pool.MaxMachines < status.Pool.Machines ||
		status.Queue.Pending == nil || *status.Queue.Pending != 0 || status.Queue.MaxRunning == 0 || status.UptimeMS <= 0 {
		t.Errorf("status %s", answer.Body)
	}
	if status.Database.Kind != "sqlite" || status.Database.SchemaVersion < 2 || status.Database.SizeBytes == nil || *status.Database.SizeBytes < 1<<20 {
		t.Errorf("database %+v", status.Database)
	}
	host := status.Host
	if host.OS != "linux" || host.Kernel == "" || host.CPUs == 0 || host.MemoryBytes == nil || host.MemoryAvailableBytes == nil || *host.MemoryAvailableBytes > *host.MemoryBytes ||
		host.DiskFreeBytes == nil || *host.DiskFreeBytes <= 0 {
		t.Errorf("host %+v", host)
	}
	for _, check := range status.Checks {
		if !check.Ready || check.Message != "" {
			t.Errorf("check %+v", check)
		}
	}
	if len(status.Checks) < 2 || strings.Contains(string(answer.Body), s.DataDir()) {
		t.Errorf("status %s", answer.Body)
	}
}
