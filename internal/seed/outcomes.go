package seed

import (
	"fmt"
	"strings"
	"time"

	"github.com/voltrun/voltrun"
)

// The functions below draw what an execution of each sample's code would have come to.

func nodeError(kind, message string, frames ...string) *voltrun.ExecutionError {
	stack := []string{kind + ": " + message}
	for _, frame := range frames {
		stack = append(stack, "    at "+frame)
	}
	return &voltrun.ExecutionError{Type: kind, Message: message, Stack: stack}
}

// pythonError has frames of a place, such as `lambda_function.py", line 7, in check`, and the code there.
func pythonError(kind, message string, frames ...[2]string) *voltrun.ExecutionError {
	var stack []string
	for _, f := range frames {
		stack = append(stack, `  File "/var/task/`+f[0]+"\n    "+f[1])
	}
	return &voltrun.ExecutionError{Type: kind, Message: message, Stack: stack}
}

func jsonLine(level, message string, more ...string) string {
	line := `{"level":"` + level + `","msg":"` + message + `"`
	for i := 0; i+1 < len(more); i += 2 {
		line += `,"` + more[i] + `":"` + more[i+1] + `"`
	}
	return line + "}"
}

func timedOut(limit time.Duration) *voltrun.ExecutionError {
	return &voltrun.ExecutionError{Type: voltrun.ErrorTimeout, Message: fmt.Sprintf("Task timed out after %.2f seconds", limit.Seconds())}
}

func healthProbe(r random, version int) outcome {
	region := pick(r, "eu-west", "eu-central", "us-east")
	o := outcome{input: map[string]any{"region": region}, output: map[string]any{"ok": true}, duration: r.about(120 * time.Microsecond), memory: int64(r.between(8, 9)) * mb}
	if version > 1 {
		o.output = map[string]any{"ok": true, "region": region, "warm_for_ms": r.between(0, 280_000)}
	}
	return o
}

func ordersAPI(r random, version int) outcome {
	o := outcome{duration: r.about(900 * time.Microsecond), memory: int64(r.between(8, 14)) * mb}
	id := fmt.Sprint(r.between(1001, 1025))
	method, route := "GET", pick(r, "/orders", "/orders/"+id, "/orders/"+id)
	switch {
	case r.chance(0.08):
		route = pick(r, "/", "/favicon.ico", "/orders/", "/.env")
	case r.chance(0.2):
		method, route = "POST", "/orders"
	}
	input := map[string]any{"method": method, "path": route}
	if method == "POST" {
		input["body"] = map[string]any{"total": float64(r.between(1900, 90000)) / 100, "items": r.between(1, 4)}
	}
	o.input = input
	known := route == "/orders" || strings.HasPrefix(route, "/orders/1")
	if version > 1 {
		o.lines = []string{jsonLine(map[bool]string{true: "info", false: "warn"}[known], "request", "method", method, "path", route, "stage", "production")}
	}
	switch {
	case !known && version == 2:
		o.status = voltrun.StatusFailed
		o.failure = nodeError("TypeError", "Cannot read properties of null (reading 'handle')", "handler (file:///var/task/index.mjs:13:16)")
	case !known:
		o.output = map[string]any{"status": 404, "body": map[string]any{"error": "no such route"}}
	case method == "POST":
		o.output = map[string]any{"status": 201, "body": map[string]any{"id": fmt.Sprint(r.between(1026, 1900)), "currency": "EUR", "items": 2}}
	default:
		o.output = map[string]any{"status": 200, "body": map[string]any{"id": id, "total": 42.5, "currency": "EUR", "items": 1}}
	}
	return o
}

func githubWebhook(r random, version int) outcome {
	o := outcome{duration: r.about(2 * time.Millisecond), memory: int64(r.between(8, 10)) * mb}
	kind := pick(r, "push", "push", "push", "issues", "ping")
	repository := pick(r, "acme/shop", "acme/website", "acme/größenrechner")
	body := map[string]any{"repository": repository}
	o.lines = []string{"INFO " + kind + " from " + repository}
	o.output = map[string]any{"status": 204}
	headers := map[string]any{"x-github-event": kind}
	switch {
	case kind == "push":
		id := fmt.Sprintf("%016x", r.Uint64())
		message := pick(r, "Fix the total of an empty basket", "Größen auf Deutsch", "Bump the client to 2.4", "✨ Dark mode")
		body["commits"] = []any{map[string]any{"id": id, "message": message}}
		o.output = map[string]any{"status": 202, "queued": []string{id}}
		o.lines = append(o.lines, "INFO   "+id[:7]+" "+message)
	case kind == "ping" && version > 1:
		o.output = map[string]any{"status": 200, "pong": true}
	}
	if version == 3 && r.chance(0.06) {
		headers["x-hub-signature-256"] = "sha256=0000"
		o.lines = []string{"WARN " + kind + ": the signature does not match"}
		o.output = map[string]any{"status": 401, "error": "bad signature"}
	}
	o.input = map[string]any{"headers": headers, "body": body}
	return o
}

func resizePlan(r random, version int) outcome {
	width, height := pick(r, 640, 1280, 1920, 4032), pick(r, 480, 720, 1080, 3024)
	input := map[string]any{"width": width, "height": height}
	o := outcome{input: input, duration: r.about(700 * time.Microsecond), memory: int64(r.between(8, 9)) * mb}
	step := func(w int) map[string]any { return map[string]any{"width": w, "height": height * w / width} }
	if version == 1 {
		o.output = []any{step(320), step(640), step(1280)}
		return o
	}
	if r.chance(0.4) {
		if version == 2 { // somebody left the profile out, and the version was not made for that
			o.status = voltrun.StatusFailed
			o.failure = nodeError("TypeError", "Cannot read properties of undefined (reading 'name')", "handler (file:///var/task/index.mjs:4:32)")
			return o
		}
	} else {
		input["profile"] = map[string]any{"name": "card"}
	}
	o.output = []any{step(480)}
	if version == 3 {
		o.lines = []string{fmt.Sprintf("DEBUG %dx%d -> 480x%d", width, height, height*480/width)}
	}
	return o
}

func csvReport(r random, version int) outcome {
	rows := r.between(3, 60)
	var text strings.Builder
	text.WriteString("country,amount\n")
	for range rows {
		fmt.Fprintf(&text, "%s,%d.%02d\n", pick(r, "DE", "FR", "IT", "PL"), r.between(5, 900), r.between(0, 99))
	}
	broken := r.chance(0.06)
	if broken {
		text.WriteString("DE,n/a\n")
	}
	o := outcome{input: map[string]any{"csv": text.String()}, duration: r.about(4 * time.Millisecond), memory: int64(r.between(5, 9)) * mb}
	if version > 1 {
		o.stderr = true // where Python's logging writes
		o.lines = []string{fmt.Sprintf("[INFO] read %d rows", rows), "[INFO] summed up 4 groups"}
	}
	switch {
	case broken && version == 1:
		o.status = voltrun.StatusFailed
		o.failure = pythonError("ValueError", "could not convert string to float: 'n/a'",
			[2]string{`lambda_function.py", line 7, in lambda_handler`, `return {"rows": len(rows), "total": sum(float(r["amount"]) for r in rows)}`})
	case broken:
		o.status, o.lines = voltrun.StatusFailed, o.lines[:1]
		o.failure = pythonError("InvalidOperation", "[<class 'decimal.ConversionSyntax'>]",
			[2]string{`lambda_function.py", line 13, in lambda_handler`, `report = summarise(rows, by=event.get("by", "country"))`},
			[2]string{`report/summary.py", line 10, in summarise`, `totals[row[by]] += Decimal(row["amount"])`})
	case version == 1:
		o.output = map[string]any{"rows": rows, "total": float64(r.between(10_000, 900_000)) / 100}
	default:
		o.output = map[string]any{"rows": rows, "total": fmt.Sprintf("%d.%02d", rows*450, r.between(0, 99)), "groups": []any{
			map[string]any{"key": "DE", "total": fmt.Sprintf("%d.10", rows*120)}, map[string]any{"key": "FR", "total": fmt.Sprintf("%d.55", rows*110)}}}
	}
	return o
}

func nightlyCleanup(r random, version int) outcome {
	expired := r.between(100, 6000)
	o := outcome{input: map[string]any{"expired": expired}, output: map[string]any{"removed": expired}, duration: r.about(2 * time.Millisecond), memory: int64(r.between(4, 6)) * mb}
	if version == 1 {
		o.lines = []string{fmt.Sprintf("removing %d sessions", expired)}
		return o
	}
	o.lines = []string{fmt.Sprintf("INFO removing what is older than 30 days: %d sessions", expired)}
	for removed := 0; removed < expired; {
		removed = min(removed+500, expired)
		o.lines = append(o.lines, fmt.Sprintf("INFO %d removed, %d left", removed, expired-removed))
	}
	o.duration = time.Duration(len(o.lines)) * r.about(21*time.Millisecond)
	o.output = map[string]any{"removed": expired, "days": 30}
	return o
}

func flakyUpstream(r random, version int) outcome {
	order := r.between(10_000, 99_999)
	o := outcome{input: map[string]any{"order": order}, output: map[string]any{"order": order, "tracking": fmt.Sprintf("TRK-%d", order), "attempts": 1},
		duration: r.about(24 * time.Millisecond), memory: int64(r.between(8, 10)) * mb}
	if order%5 != 0 {
		return o
	}
	o.status = voltrun.StatusFailed
	if version == 1 {
		o.failure = nodeError("Error", "connect ECONNREFUSED 10.0.4.17:443", "handler (file:///var/task/index.mjs:2:30)")
		return o
	}
	o.duration = r.about(140 * time.Millisecond)
	for attempt := 1; attempt <= 3; attempt++ {
		o.lines = append(o.lines, fmt.Sprintf("WARN order %d: carrier answered 503 Service Unavailable (attempt %d)", order, attempt))
	}
	o.failure = nodeError("UpstreamError", "carrier answered 503 Service Unavailable (attempt 3)",
		"ask (file:///var/task/index.mjs:10:30)", "async handler (file:///var/task/index.mjs:17:50)")
	return o
}

func salesAggregation(r random, version int) outcome {
	const limit = 6 * time.Second
	span := pick(r, 7, 30, 30, 60, 90, 120)
	o := outcome{input: map[string]any{"days": span}, duration: time.Duration(span) * r.about(53*time.Millisecond), memory: int64(r.between(5, 7)) * mb}
	for day := 10; version > 1 && day <= span; day += 10 {
		left := limit - o.duration*time.Duration(day)/time.Duration(span)
		if left <= 0 {
			break
		}
		o.lines = append(o.lines, fmt.Sprintf("INFO %d of %d days, %d ms left", day, span, left.Milliseconds()))
	}
	switch {
	case o.duration > limit:
		o.duration, o.status, o.failure, o.exit = limit, voltrun.StatusTimeout, timedOut(limit), 137
	case span >= 60 && r.chance(0.12): // somebody grew impatient
		o.duration /= 2
		o.lines = o.lines[:len(o.lines)/2]
		o.status, o.failure = voltrun.StatusCanceled, &voltrun.ExecutionError{Type: voltrun.ErrorCanceled, Message: "the execution was canceled"}
	default:
		o.output = map[string]any{"days": span, "best": 9871.25, "mean": float64(r.between(400_000, 600_000)) / 100}
	}
	return o
}

func renderThumbnails(r random, version int) outcome {
	megapixels := pick(r, 2, 8, 12, 12, 16, 50)
	file := fmt.Sprintf("IMG_%04d.jpg", r.between(1, 9999))
	size := megapixels * 4_000_000
	o := outcome{input: map[string]any{"file": file, "megapixels": megapixels}, duration: time.Duration(megapixels) * r.about(2200*time.Microsecond),
		memory: int64(r.between(8, 9))*mb + int64(size)}
	o.lines = []string{fmt.Sprintf("INFO decoding %s (%d megapixels)", file, megapixels)}
	if o.memory > 128*mb {
		o.memory, o.status, o.exit = 128*mb, voltrun.StatusFailed, 137
		o.failure = &voltrun.ExecutionError{Type: voltrun.ErrorOutOfMemory, Message: "the function used more memory than its limit of 128 MB; raise memory_mb or use less"}
		return o
	}
	if version == 1 {
		o.lines = []string{fmt.Sprintf("decoded %s: %d bytes", file, size)}
		o.output = map[string]any{"file": file, "mean": 127}
		return o
	}
	o.lines = append(o.lines, fmt.Sprintf("INFO %d bytes in %d ms", size, o.duration.Milliseconds()))
	o.output = map[string]any{"file": file, "mean": 127, "thumbnail": map[string]any{"width": 256, "height": 144}}
	return o
}

func chatNotify(r random, version int) outcome {
	to := pick(r, "ana", "björn", "李雷", "zoë")
	text := pick(r, "Build 412 is green ✅", "Größe geändert: 42 → 43", "ใบสั่งซื้อใหม่ #1042", "مرحبا بالعالم", "🚀 deployed to production 👩‍🚀", "Disk of db-2 is 91 % full")
	if r.chance(0.05) {
		text = strings.Repeat("A long message goes on and on. ", 12)
	}
	chars := len([]rune(text))
	o := outcome{input: map[string]any{"to": to, "text": text}, duration: r.about(1100 * time.Microsecond), memory: int64(r.between(8, 9)) * mb}
	if version == 1 {
		o.lines, o.output = []string{"→ " + to + ": " + text}, map[string]any{"delivered": true}
		return o
	}
	o.lines = []string{"\x1b[36m→\x1b[0m \x1b[1m" + to + "\x1b[0m " + text,
		fmt.Sprintf(`{"level":"info","msg":"delivered","channel":"chat","to":"%s","chars":%d,"text":"%s"}`, to, chars, text)}
	if chars > 280 {
		o.lines = append(o.lines, fmt.Sprintf("\x1b[33mWARN %d characters: cut to 280\x1b[0m", chars))
	}
	o.output = map[string]any{"delivered": true, "channel": "chat", "chars": min(chars, 280)}
	return o
}

func importCatalogue(r random, version int) outcome {
	products := r.between(20, 240)
	o := manyLines(products)
	o.duration = time.Duration(products) * r.about(11*time.Microsecond)
	if version == 1 {
		for i := range o.lines {
			o.lines[i] = fmt.Sprintf("product %d", i)
		}
		o.output = map[string]any{"imported": products}
	}
	return o
}

// manyLines is an import of this many products.
func manyLines(products int) outcome {
	o := outcome{input: map[string]any{"products": products}, duration: time.Duration(products) * 12 * time.Microsecond, memory: 6 * mb}
	skipped := 0
	for n := 1; n <= products; n++ {
		level, message := "info", "imported"
		if n%97 == 0 {
			level, message = "warning", "no price"
			skipped++
		}
		o.lines = append(o.lines, jsonLine(level, message, "product", fmt.Sprintf("P-%06d", n), "payload", ""))
	}
	o.output = map[string]any{"imported": products - skipped, "skipped": skipped}
	return o
}

// truncatedLog is an import that writes more than the limit of a log.
func truncatedLog() outcome {
	const padding, written = 1000, 2500
	o := manyLines(written)
	o.input = map[string]any{"products": written, "padding": padding}
	var kept []string
	size := int64(0)
	for _, line := range o.lines {
		line = strings.Replace(line, `"payload":""`, `"payload":"`+strings.Repeat("x", padding)+`"`, 1)
		if size += int64(len(line) + 1); size > voltrun.DefaultMaxLogBytes {
			o.dropped += int64(len(line) + 1)
			continue
		}
		kept = append(kept, line)
	}
	o.lines = kept
	return o
}

func ledger(r random, version int) outcome {
	period := pick(r, "2026-Q1", "2026-Q2", "2026-Q3")
	debit := r.between(10_000, 900_000)
	credit := debit
	off := r.chance(0.22)
	if off {
		credit += r.between(1, 900)
	}
	money := func(cents int) string {
		sign := ""
		if cents < 0 {
			sign, cents = "-", -cents
		}
		return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
	}
	o := outcome{input: map[string]any{"entries": []any{
		map[string]any{"period": period, "account": "1200", "amount": money(debit)}, map[string]any{"period": period, "account": "8400", "amount": money(-credit)}}},
		duration: r.about(500 * time.Microsecond), memory: int64(r.between(4, 6)) * mb}
	switch {
	case off && version == 1:
		o.status = voltrun.StatusFailed
		o.failure = pythonError("ValueError", "the books are off by "+money(debit-credit),
			[2]string{`lambda_function.py", line 7, in lambda_handler`, `raise ValueError(f"the books are off by {left}")`})
	case off:
		o.status = voltrun.StatusFailed
		o.failure = pythonError("Unbalanced", "the books of "+period+" are off by "+money(debit-credit),
			[2]string{`lambda_function.py", line 15, in lambda_handler`, `check(event["entries"])`},
			[2]string{`lambda_function.py", line 11, in check`, `raise Unbalanced(f"the books of {entries[0]['period']} are off by {left}")`})
	default:
		o.output = map[string]any{"balanced": true, "entries": 2}
		if version > 1 {
			o.lines = []string{"INFO 2 entries balance"}
		}
	}
	return o
}

// truncatedRemark is what VoltRun says at the end of a log that was cut.
func truncatedRemark(dropped int64) string {
	return fmt.Sprintf("log limit of %d bytes reached: %d bytes were dropped", voltrun.DefaultMaxLogBytes, dropped)
}
