//go:build linux

package agent

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/wire"
)

// behaviour is one line of the Lambda contract: a function, an event, and what must come of it.
type behaviour struct {
	name    string
	files   map[string]string
	handler string
	event   string
	only    func(l language) bool

	output  string // JSON; compared by value
	errType string
	message string // part of it
	stack   string // part of its stack
	logs    string // of the invocation, exactly
	loadErr bool   // the failure is of the load
	dead    bool   // the machine cannot be used again
	exit    int
	timeout time.Duration
}

func old(l language) bool    { return l.major < 24 }
func modern(l language) bool { return l.major >= 24 }

// rereads: before Node.js 22 a module that did not parse is not read again when another imports it again, so that its place stays unknown.
func rereads(l language) bool { return l.major >= 22 }

func js(code string) map[string]string  { return map[string]string{"index.js": code} }
func mjs(code string) map[string]string { return map[string]string{"index.mjs": code} }
func py(code string) map[string]string  { return map[string]string{"f.py": code} }

var nodeBehaviours = []behaviour{
	{name: "async", files: js(`exports.handler = async (e) => e.a + 1`), event: `{"a":1}`, output: `2`},
	{name: "promise", files: js(`exports.handler = (e) => new Promise(r => setTimeout(r, 5, 'x'))`), output: `"x"`},
	{name: "undefined", files: js(`exports.handler = async () => {}`), output: `null`},
	{name: "sync is null", files: js(`exports.handler = () => 5`), only: old, output: `null`},
	{name: "sync counts", files: js(`exports.handler = () => 5`), only: modern, output: `5`},
	{name: "callback", files: js(`exports.handler = (e, c, cb) => cb(null, 'y')`), only: old, output: `"y"`},
	{name: "first callback", files: js(`exports.handler = (e, c, cb) => { cb(null, 1); cb(null, 2); }`), only: old, output: `1`},
	{name: "callback waits", files: js(`exports.handler = (e, c, cb) => { setTimeout(() => console.log('late'), 20); cb(null, 1) }`), only: old, output: `1`, logs: "late\n"},
	{name: "callback at once", files: js(`exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => console.log('late'), 20); cb(null, 1) }`), only: old, output: `1`},
	{name: "callback error", files: js(`exports.handler = (e, c, cb) => cb(new TypeError('no'))`), only: old, errType: "TypeError", message: "no"},
	{name: "callback refused", files: js(`exports.handler = (e, c, cb) => cb()`), only: modern, errType: "Runtime.CallbackHandlerDeprecated", loadErr: true},
	{name: "succeed", files: js(`exports.handler = (e, c) => { setInterval(() => {}, 1000); c.succeed('s') }`), only: old, output: `"s"`},
	{name: "fail", files: js(`exports.handler = (e, c) => c.fail('f')`), only: old, errType: "string", message: "f"},
	{name: "done", files: js(`exports.handler = (e, c) => c.done(null, {d: 1})`), only: old, output: `{"d":1}`},
	{name: "throw", files: js(`exports.handler = async () => { throw new RangeError('far') }`), errType: "RangeError", stack: "index.js:1:", message: "far"},
	{name: "throw sync", files: js(`exports.handler = () => { throw new RangeError('far') }`), errType: "RangeError", stack: "index.js:1:", message: "far"},
	{name: "throw string", files: js(`exports.handler = async () => { throw 'text' }`), errType: "string", message: "text"},
	{name: "never settles", files: js(`exports.handler = () => new Promise(() => {})`), errType: "Runtime.NodeJsExit"},
	{name: "uncaught", files: js(`exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('oops') }, 1))`), errType: "Error", message: "oops", dead: true, exit: 129},
	{name: "unhandled", files: js(`exports.handler = async () => { Promise.reject(new Error('lost')); return 1 }`), errType: "Runtime.UnhandledPromiseRejection", message: "lost", dead: true, exit: 128},
	{name: "exit", files: js(`exports.handler = async () => process.exit(3)`), errType: voltrun.ErrorExit, message: "RequestId: req-1 Error: Runtime exited with error: exit status 3", dead: true, exit: 3},
	{name: "exit 0", files: js(`exports.handler = async () => process.exit(0)`), errType: voltrun.ErrorExit, message: "without providing a reason", dead: true},
	{name: "killed", files: js(`exports.handler = async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => setTimeout(() => {}, 1e6)) }`), errType: voltrun.ErrorExit, message: "signal: killed", dead: true, exit: 137},
	{name: "timeout", files: js(`exports.handler = async () => { for (;;); }`), errType: voltrun.ErrorTimeout, message: "Task timed out after 0.70 seconds", dead: true, timeout: 700 * time.Millisecond},
	{name: "too large", files: js(`exports.handler = async () => 'x'.repeat(6 * 1024 * 1024)`), errType: voltrun.ErrorOutputSize},
	{name: "large", files: js(`exports.handler = async () => 'x'.repeat(6 * 1024 * 1024 - 2).length`), output: `6291454`},
	{name: "circular", files: js(`exports.handler = async () => { const a = {}; a.a = a; return a }`), errType: "Runtime.MarshalError"},
	{name: "esm", files: mjs(`import { readFileSync } from 'node:fs'; const v = await Promise.resolve(4); export const handler = async () => v + typeof readFileSync;`), output: `"4function"`},
	{name: "type module", files: map[string]string{"index.js": `export const handler = async () => import.meta.url.slice(-8)`, "package.json": `{"type":"module"}`}, output: `"index.js"`},
	{name: "cjs", files: map[string]string{"index.cjs": `exports.handler = async () => __filename.slice(-9)`}, output: `"index.cjs"`},
	{name: "extensionless", files: map[string]string{"index": `exports.handler = async () => 'e'`}, output: `"e"`},
	{name: "nested", files: map[string]string{"lib/app.js": `exports.api = { v1: { run: async () => require('./dep').x } }`, "lib/dep.js": `exports.x = 9`}, handler: "lib/app.api.v1.run", output: `9`},
	{name: "dynamic import", files: map[string]string{"index.js": `exports.handler = async () => (await import('./m.mjs')).default`, "m.mjs": `export default 3`}, output: `3`},
	{name: "no module", files: js(``), handler: "other.handler", errType: "Runtime.ImportModuleError", message: "Cannot find module", loadErr: true},
	{name: "no dependency", files: js(`require('left-pad')`), errType: "Runtime.ImportModuleError", message: "left-pad", loadErr: true},
	{name: "no handler", files: js(`exports.x = 1`), errType: "Runtime.HandlerNotFound", message: "index.handler is undefined or not exported", loadErr: true},
	{name: "not a function", files: js(`exports.handler = 1`), errType: "Runtime.HandlerNotFound", message: "index.handler is not a function", loadErr: true},
	{name: "malformed", files: js(``), handler: "index", errType: "Runtime.MalformedHandlerName", loadErr: true},
	{name: "dots", files: js(``), handler: "../index.handler", errType: "Runtime.MalformedHandlerName", loadErr: true},
	{name: "syntax", files: js(`exports.handler = (`), errType: "Runtime.UserCodeSyntaxError", stack: "/index.js:1", loadErr: true},
	{name: "syntax of a module", files: mjs("const a = 1;\nexport const handler = (;"), errType: "Runtime.UserCodeSyntaxError", stack: "/index.mjs:2:25", loadErr: true},
	{name: "syntax of an imported module", only: rereads, files: map[string]string{"index.mjs": "import './lib/a.mjs';\nexport const handler = () => 1;", "lib/a.mjs": "\n\n)"}, errType: "Runtime.UserCodeSyntaxError", stack: "/lib/a.mjs:3:1", loadErr: true},
	{name: "throws a syntax error at load", files: mjs("\nJSON.parse('{')"), errType: "Runtime.UserCodeSyntaxError", stack: "/index.mjs:2:", loadErr: true},
	{name: "throws at load", files: js(`throw new EvalError('init')`), errType: "EvalError", message: "init", loadErr: true},
	{name: "both streams", files: js(`exports.handler = async () => { console.log('a'); console.error('b'); process.stdout.write('c'); console.log('%s', 'd'); }`), output: `null`, logs: "a\nb\ncd\n"},
	{name: "bytes", files: js(`exports.handler = async () => { process.stdout.write(Buffer.from([0x61, 0, 0xff, 0xfe, 10])) }`), output: `null`, logs: "a\x00\xff\xfe\n"},
	{name: "raw", files: js(`exports.handler = async () => { require('fs').writeSync(1, 'raw\n') }`), output: `null`, logs: "raw\n"},
	{name: "child", files: js(`exports.handler = async () => { require('child_process').execFileSync('/bin/echo', ['kid'], {stdio: 'inherit'}) }`), output: `null`, logs: "kid\n"},
	{name: "forged on the channel", files: js(`exports.handler = async () => { require('fs').writeSync(3, 'garbage that is no frame at all'); await new Promise(r => setTimeout(r, 5000)); return 1 }`), errType: voltrun.ErrorProtocol, dead: true},
	{name: "forged frame", files: js(`exports.handler = async () => { const b = Buffer.alloc(27); b.writeUInt32BE(23); b[4] = 0x52; b[8] = 1; b.write('{}', 25); require('fs').writeSync(3, b); await new Promise(r => setTimeout(r, 5000)); return 1 }`), errType: voltrun.ErrorProtocol, dead: true},
	{name: "stopper", files: js(`exports.handler = async () => { require('child_process').spawn('/bin/sleep', ['1000'], {detached: true, stdio: 'inherit'}).unref(); return 1 }`), output: `1`},
	{name: "exit with child", files: js(`exports.handler = async () => { require('child_process').spawn('/bin/sleep', ['1000'], {detached: true, stdio: 'inherit'}); process.exit(4) }`), errType: voltrun.ErrorExit, dead: true, exit: 4},
	{name: "environment", files: js(`exports.handler = async () => [process.env.KEY, process.env._HANDLER, process.env.AWS_LAMBDA_FUNCTION_NAME, process.cwd() === process.env.LAMBDA_TASK_ROOT]`), output: `["value","index.handler","hello",true]`},
	{name: "context", files: js(`exports.handler = async (e, c) => [c.functionName, c.functionVersion, c.memoryLimitInMB, c.awsRequestId, c.invokedFunctionArn, c.getRemainingTimeInMillis() > 0, c.logGroupName]`), output: `["hello","7","128","req-1","arn:volt:hello",true,"/aws/lambda/hello"]`},
	{name: "nonce is not shown", files: js(`const { executionAsyncResource } = require('async_hooks'), { inspect } = require('util');
exports.handler = async () => /nonce|settled/.test(inspect([Promise.resolve(1), executionAsyncResource()], {showHidden: true, depth: 20}))`), output: `false`},
	{name: "heap", files: js(`exports.handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill({})) }`), errType: voltrun.ErrorOutOfMemory, dead: true, exit: 134},
}

var pythonBehaviours = []behaviour{
	{name: "plain", files: py("def handler(e, c):\n    return e['a'] + 1"), event: `{"a":1}`, output: `2`},
	{name: "none", files: py("def handler(e, c): pass"), output: `null`},
	{name: "unicode", files: py("def handler(e, c): return e"), event: `"\u00fc\ud83d\ude00\n"`, output: `"\u00fc\ud83d\ude00\n"`},
	{name: "decimal", files: py("from decimal import Decimal\ndef handler(e, c): return [Decimal('1.5'), Decimal('3')]"), output: `[1.5,3]`},
	{name: "unserializable", files: py("def handler(e, c): return {1, 2}"), errType: "Runtime.MarshalError", message: "set"},
	{name: "nan", files: py("def handler(e, c): return float('nan')"), errType: "Runtime.MarshalError"},
	{name: "raise", files: py("def handler(e, c): raise ValueError('bad')"), errType: "ValueError", message: "bad"},
	{name: "exit", files: py("import sys\ndef handler(e, c): sys.exit(3)"), errType: voltrun.ErrorExit, message: "RequestId: req-1 Error: Runtime exited with error: exit status 3", dead: true, exit: 3},
	{name: "killed", files: py("import os\ndef handler(e, c): os.kill(os.getpid(), 9)"), errType: voltrun.ErrorExit, message: "signal: killed", dead: true, exit: 137},
	{name: "timeout", files: py("def handler(e, c):\n    while True: pass"), errType: voltrun.ErrorTimeout, message: "Task timed out after 0.70 seconds", dead: true, timeout: 700 * time.Millisecond},
	{name: "too large", files: py("def handler(e, c): return 'x' * (6 << 20)"), errType: voltrun.ErrorOutputSize},
	{name: "slashes", files: map[string]string{"a/b.py": "def h(e, c): return 8"}, handler: "a/b.h", output: `8`},
	{name: "no module", files: py(""), handler: "g.handler", errType: "Runtime.ImportModuleError", message: "Unable to import module 'g': No module named 'g'", loadErr: true},
	{name: "no dependency", files: py("import requests_that_is_not_there"), errType: "Runtime.ImportModuleError", loadErr: true},
	{name: "no handler", files: py("x = 1"), errType: "Runtime.HandlerNotFound", message: "Handler 'handler' missing on module 'f'", loadErr: true},
	{name: "malformed", files: py(""), handler: "f", errType: "Runtime.MalformedHandlerName", loadErr: true},
	{name: "syntax", files: py("def handler(:"), errType: "Runtime.UserCodeSyntaxError", loadErr: true},
	{name: "built in", files: map[string]string{"sys.py": ""}, handler: "sys.exit", errType: "Runtime.BuiltInModuleConflict", loadErr: true},
	{name: "raises at load", files: py("1 / 0"), errType: "ZeroDivisionError", loadErr: true},
	{name: "both streams", files: py("import sys\ndef handler(e, c):\n    print('a')\n    print('b', file=sys.stderr)\n    sys.stdout.write('c')\n    print('d')"), output: `null`, logs: "a\nb\ncd\n"},
	{name: "bytes", files: py("import sys\ndef handler(e, c): sys.stdout.buffer.write(b'a\\x00\\xff\\xfe\\n')"), output: `null`, logs: "a\x00\xff\xfe\n"},
	{name: "raw", files: py("import os\ndef handler(e, c): os.write(1, b'raw\\n')"), output: `null`, logs: "raw\n"},
	{name: "child", files: py("import subprocess\ndef handler(e, c): subprocess.run(['/bin/echo', 'kid'])"), output: `null`, logs: "kid\n"},
	{name: "fork", files: py("import os\ndef handler(e, c):\n    pid = os.fork()\n    if pid == 0:\n        print('kid', flush=True)\n        return 'forged'\n    os.waitpid(pid, 0)\n    return 'true'"), output: `"true"`, logs: "kid\n"},
	{name: "forged on the channel", files: py("import os, time\ndef handler(e, c):\n    os.write(3, b'garbage that is no frame at all')\n    time.sleep(5)"), errType: voltrun.ErrorProtocol, dead: true},
	{name: "thread", files: py("import threading\ndef handler(e, c):\n    t = threading.Thread(target=print, args=('t',))\n    t.start()\n    t.join()"), output: `null`, logs: "t\n"},
	{name: "environment", files: py("import os\ndef handler(e, c): return [os.environ['KEY'], os.environ['_HANDLER'], os.getcwd() == os.environ['LAMBDA_TASK_ROOT']]"), output: `["value","f.handler",true]`},
	{name: "context", files: py("def handler(e, c): return [c.function_name, c.function_version, c.memory_limit_in_mb, c.aws_request_id, c.invoked_function_arn, c.get_remaining_time_in_millis() > 0, c.log_group_name]"), output: `["hello","7","128","req-1","arn:volt:hello",true,"/aws/lambda/hello"]`},
	{name: "json module", files: py("import json, dataclasses\ndef handler(e, c): return json.loads(json.dumps({'x': [1]}))"), output: `{"x":[1]}`},
	{name: "quit", files: py("def handler(e, c): exit(5)"), errType: voltrun.ErrorExit, dead: true, exit: 5},
}

func TestContract(t *testing.T) {
	for _, l := range languages(t) {
		table, standard := pythonBehaviours, "f.handler"
		if l.node {
			table, standard = nodeBehaviours, "index.handler"
		}
		for _, b := range table {
			if b.only != nil && !b.only(l) {
				continue
			}
			if b.handler == "" {
				b.handler = standard
			}
			t.Run(l.name+"/"+b.name, func(t *testing.T) { b.check(t, l) })
		}
	}
}

func (b behaviour) check(t *testing.T, l language) {
	g := start(t, l, b.files)
	load := g.load(b.handler, map[string]string{"KEY": "value"})
	if b.loadErr {
		b.checkFailure(t, load.loaded.Failure)
		return
	}
	if load.loaded.Failure != nil {
		t.Fatalf("load: %+v", *load.loaded.Failure)
	}
	if b.timeout > 0 {
		g.timeout = b.timeout
	}
	event := b.event
	if event == "" {
		event = "{}"
	}
	r := g.invoke(event)
	if b.errType != "" {
		b.checkFailure(t, r.result.Failure)
	} else if r.result.Failure != nil {
		t.Fatalf("failure: %+v", *r.result.Failure)
	} else if !sameJSON(t, r.output, b.output) {
		t.Errorf("output %s, want %s", r.output, b.output)
	}
	if b.errType == "" && r.logs[1] != b.logs {
		t.Errorf("logs %q, want %q", r.logs[1], b.logs)
	}
	if l.node && b.errType == "" && strings.Contains(load.logs[2]+r.logs[2], "Warning") {
		t.Errorf("on stderr: %q %q", load.logs[2], r.logs[2])
	}
	if r.result.Alive == b.dead {
		t.Errorf("alive: %v", r.result.Alive)
	}
	if b.exit != 0 && (r.result.ExitCode == nil || *r.result.ExitCode != b.exit) {
		t.Errorf("exit code %v, want %d", r.result.ExitCode, b.exit)
	}
	if !b.dead {
		if again := g.invoke(event); again.result.Failure == nil && b.errType == "" && !sameJSON(t, again.output, b.output) && b.name != "context" {
			t.Errorf("the second output is %s", again.output)
		}
	}
}

func (b behaviour) checkFailure(t *testing.T, f *wire.Failure) {
	t.Helper()
	if f == nil {
		t.Fatalf("no failure, want %s", b.errType)
	}
	if f.Type != b.errType || !strings.Contains(f.Message, b.message) {
		t.Errorf("failure %+v, want %s with %q", *f, b.errType, b.message)
	}
	for _, line := range f.Stack {
		if strings.Contains(line, "runner.") {
			t.Errorf("the stack shows the runner: %q", f.Stack)
			break
		}
	}
	if !strings.Contains(strings.Join(f.Stack, "\n"), b.stack) {
		t.Errorf("the stack does not show %s: %q", b.stack, f.Stack)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatalf("%q: %v", a, err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	return reflect.DeepEqual(x, y)
}
