package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// target is a VoltRun server of this run's own.
type target struct {
	cmd   *exec.Cmd
	dir   string
	url   string
	token string
	ended chan error
}

// freePort asks the system for a port that is free now.
func freePort() (int, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// startTarget starts a server on dir and signs a user in.
func startTarget(ctx context.Context, o options, dir string) (*target, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	t := &target{dir: dir, url: fmt.Sprintf("http://127.0.0.1:%d", port), ended: make(chan error, 1)}
	t.cmd = exec.CommandContext(ctx, o.server, "serve", "--listen", fmt.Sprintf("127.0.0.1:%d", port), "--data-dir", dir)
	t.cmd.Cancel = func() error { return t.cmd.Process.Signal(syscall.SIGTERM) }
	t.cmd.Stdout, t.cmd.Stderr = log, log
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { t.ended <- t.cmd.Wait() }() // read by stop
	if err := t.signIn(ctx); err != nil {
		return nil, errors.Join(err, t.stop())
	}
	return t, nil
}

func (t *target) signIn(ctx context.Context) error {
	deadline := time.Now().Add(time.Minute)
	for {
		response, err := http.Get(t.url + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("the server did not become ready; see %s", filepath.Join(t.dir, "server.log"))
		}
		time.Sleep(50 * time.Millisecond)
	}
	account := map[string]any{"email": "bench@example.com", "password": "correct horse battery"}
	var answer struct{ Token string }
	err := t.call(ctx, "POST", "/api/auth/register", account, &answer)
	if err != nil {
		err = t.call(ctx, "POST", "/api/auth/login", account, &answer)
	}
	t.token = answer.Token
	return err
}

// call makes one API call and decodes the answer.
func (t *target) call(ctx context.Context, method, path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, t.url+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+t.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// languages that are measured, each with a trivial handler.
var languages = []struct{ name, runtime, code string }{
	{"Node.js", "nodejs", "exports.handler = async () => ({ ok: true });\n"},
	{"Python", "python", "def lambda_handler(event, context):\n    return {\"ok\": True}\n"},
}

// deploy creates a function and returns its id.
func (t *target) deploy(ctx context.Context, name, runtime, code, isolation string) (string, error) {
	var f struct{ ID string }
	err := t.call(ctx, "POST", "/api/functions", map[string]any{
		"name": name, "runtime": runtime, "code": code, "isolation": isolation, "memory_mb": 128, "cpus": 1, "timeout_ms": 10_000,
	}, &f)
	return f.ID, err
}

// execution is what the benchmark reads of one.
type execution struct {
	Status     string
	DurationMS float64 `json:"duration_ms"`
	Phases     []struct {
		Name string
		MS   float64 `json:"ms"`
	}
	Error any
}

// execute runs a function once and takes the time on the client.
func (t *target) execute(ctx context.Context, id string) (execution, time.Duration, error) {
	var e execution
	began := time.Now()
	err := t.call(ctx, "POST", "/api/functions/"+id+"/execute", map[string]any{"input": nil}, &e)
	took := time.Since(began)
	if err == nil && e.Status != "success" {
		err = fmt.Errorf("the function ended as %s: %v", e.Status, e.Error)
	}
	return e, took, err
}

// residentMB reads the server's own memory.
func (t *target) residentMB() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no VmRSS in the process's status")
}

// stop ends the server and waits for it.
func (t *target) stop() error {
	if err := t.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return <-t.ended
}
