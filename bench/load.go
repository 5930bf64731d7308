package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// load is what wrk measured.
type load struct {
	rate   float64 // answers per second
	p50    time.Duration
	p99    time.Duration
	errors int
}

// wrkScript posts the same body again and again and prints what is read below.
const wrkScript = `
wrk.method = "POST"
wrk.body = '{"input":null}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
function done(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format("BENCH %f %f %f %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99), bad))
end
`

// wrk loads one address for a while.
func wrk(ctx context.Context, dir, url, token string, connections int, duration time.Duration) (load, error) {
	script := filepath.Join(dir, "post.lua")
	if err := os.WriteFile(script, []byte(wrkScript), 0o600); err != nil {
		return load{}, err
	}
	cmd := exec.CommandContext(ctx, "wrk", "-t1", "-c"+strconv.Itoa(connections), "-d"+strconv.Itoa(int(duration.Seconds())), "--timeout", "10", "-s", script, url)
	cmd.Env = append(os.Environ(), "BENCH_TOKEN="+token)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return load{}, fmt.Errorf("wrk: %w: %s", err, out)
	}
	for _, line := range strings.Split(string(out), "\n") {
		var l load
		var p50, p99 float64
		if n, _ := fmt.Sscanf(line, "BENCH %f %f %f %d", &l.rate, &p50, &p99, &l.errors); n == 4 {
			l.p50, l.p99 = time.Duration(p50)*time.Microsecond, time.Duration(p99)*time.Microsecond
			if l.errors > 0 {
				return l, fmt.Errorf("%d answers were errors", l.errors)
			}
			return l, nil
		}
	}
	return load{}, fmt.Errorf("wrk printed no result: %s", out)
}

// bareNode is an HTTP server of a few lines that answers the same bytes.
const bareNode = `
const http = require('node:http');
const body = Buffer.from(process.env.BENCH_BODY);
http.createServer((request, response) => {
  request.resume();
  request.on('end', () => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }); response.end(body); });
}).listen(Number(process.env.BENCH_PORT), '127.0.0.1');
`

// startBareNode starts it and waits until it answers.
func startBareNode(ctx context.Context, o options, body string) (url string, stop func(), err error) {
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, o.node, "-e", bareNode)
	cmd.Env = append(cleanEnv(), "BENCH_BODY="+body, fmt.Sprintf("BENCH_PORT=%d", port))
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	url = fmt.Sprintf("http://127.0.0.1:%d/", port)
	for range 200 {
		if response, err := http.Post(url, "application/json", strings.NewReader("{}")); err == nil {
			response.Body.Close()
			return url, stop, nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("the bare Node.js server did not start")
}

// cleanEnv is an environment without what slows a runtime's start: the comparison is with a plain one.
func cleanEnv() []string { return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"} }

// median of a list, which it sorts.
func median[T int | float64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// milliseconds for printing.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
