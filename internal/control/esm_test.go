package control

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"
)

var esmSamples = []string{
	`export const handler = async () => 1`,
	`export default 1`,
	`export async function handler() {}`,
	`export { handler }; function handler() {}`,
	`export {handler}from"./a.mjs"`,
	`export*from './a.mjs'`,
	`import fs from 'node:fs'`,
	`import{readFile}from'fs'`,
	`import * as fs from "fs"`,
	`import "./side-effect.mjs"`,
	`import'./side-effect.mjs'`,
	"import\n  fs\n  from 'fs'",
	"import/**/fs from 'fs'",
	"/* a comment */ import fs from 'fs'",
	"#!/usr/bin/env node\nimport fs from 'fs'",
	"\uFEFFimport fs from 'fs'",
	"'use strict'\nimport fs from 'fs'",
	"const a = 1; export { a }",
	"const f = () => { return { a: 1 } }\nexport { f }",
	"const re = /[/}{]\\/{/g\nexport { re }",
	"const half = (1 + 2) / 2; const s = '/'; export { half }",
	"if (true) /}{/.test('x')\nexport const a = 1",
	"const t = `a ${`b ${ {x: 1}.x } c`} {`\nexport { t }",
	"const u = import.meta.url",
	"function f() { return import . meta.url }",
	"const a = x++ / 2; const b = '}'; export { a }",
	"const o = { import: 1, export: 2 }; export { o }",
	"{ } /{/.test('x'); export const a = 1",
	"const a = [1][0] / 2 / 1\nexport { a }",
	"let größe = 1\nexport { größe }",
	"const x = '\\'{'\nexport { x }",
	"const x = 'a\\\n{b'\nexport { x }",
	"let a = 1, b = { return: 4 }.return / 2 // }{\nexport { a }",
	"// it's\nexport const it = \"`\"",
	"class A { #import = 1; static { this.x = 1 } get() { return this.#import } }\nexport { A }",
	"const a = true?.5:/{/; export { a }",
	"await fetch('x'); export {}",
}

var commonJSSamples = []string{
	``,
	`// nothing but a comment: export const a = 1`,
	`exports.handler = async () => 1`,
	`module.exports = { handler }`,
	`const fs = require('fs'); exports.handler = () => fs`,
	`import('./a.mjs').then(m => m.run())`,
	`const m = import ('./a.mjs')`,
	"import /* late */ ('./a.mjs')",
	"exports.handler = async () => { const m = await import('./a.mjs'); return m }",
	"/* import fs from 'fs' */ exports.a = 1",
	"/*\nexport const a = 1\n*/",
	"const s = 'import fs from \"fs\"'",
	"const s = \"export default 1\"",
	"const s = `\nimport fs from 'fs'\nexport default 1\n`",
	"const s = `${x}\nexport default 1\n${y}`",
	"const s = `${ {a: `}`}.a }\nexport default 1`",
	"const r = /export default/; exports.r = r",
	"const r = /[`'\"]/; const s = ' export default 1 '",
	"exports.a = { import: 1, export: 2 }",
	"exports.a = b.import\nx.export",
	"exports.a = b?.export",
	"class A { import(x) { return x } export() {} }\nexports.A = A",
	"exports.important = 1; const exporter = 2, $import = 3, import_ = 4",
	"function f() { /* export */ return 'import' }",
	"if (x) { importX() } else { exportY() }",
	"x = a / b; y = `export default ${a / b}` / 2",
	"const s = 'it\\'s'; const t = 'export {}'",
	"const s = 'unterminated\nexports.a = `export default 1",
	"exports.a = \"}}}}\" // export",
	"const meta = { meta: 1 }; const i = x.import.meta",
	"return import('x')",
	"await import('x')",
}

func TestIsESM(t *testing.T) {
	t.Parallel()
	for _, code := range esmSamples {
		if !isESM(code) {
			t.Errorf("taken for CommonJS:\n%s", code)
		}
	}
	for _, code := range commonJSSamples {
		if isESM(code) {
			t.Errorf("taken for a module:\n%s", code)
		}
	}
}

// Node.js itself agrees with the samples: a module does not parse as CommonJS.
func TestSamplesAreWhatNodeSaysTheyAre(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node.js to ask")
	}
	samples, err := json.Marshal(esmSamples)
	if err != nil {
		t.Fatal(err)
	}
	check := exec.CommandContext(t.Context(), node, "-e", `
		for (const sample of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
			const code = sample.replace(/^\uFEFF?(#!.*)?/, "");
			try { new Function("exports", "require", code) } catch { continue }
			console.log("parses as CommonJS: " + sample);
		}`)
	check.Stdin = bytes.NewReader(samples)
	if output, err := check.CombinedOutput(); err != nil || len(output) > 0 {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestIsESMTakesLinearTime(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"{", "import(", "`${", "/", "'", "/*", "import /**/ .", "a/b", "//\n", "\\", "é"} {
		code := strings.Repeat(part, 1_000_000/len(part))
		start := time.Now()
		isESM(code)
		if spent := time.Since(start); spent > 20*time.Second {
			t.Errorf("%q repeated to 1 MB takes %v", part, spent)
		}
	}
}

func FuzzIsESM(f *testing.F) {
	for _, code := range append(esmSamples, commonJSSamples...) {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		s := &jsScanner{code: code}
		for at := -1; s.next(); at = s.at {
			if s.at <= at || s.at > len(code) {
				t.Fatalf("token at %d after %d of %d", s.at, at, len(code))
			}
		}
		isESM(code)
		// What stands in a comment before it changes nothing.
		if !strings.HasPrefix(code, "#!") && !strings.HasPrefix(code, "\uFEFF") && isESM("/* export {} */ "+code) != isESM(code) {
			t.Error("a comment decides")
		}
	})
}

func TestFileFor(t *testing.T) {
	t.Parallel()
	tests := []struct{ language, handler, code, want string }{
		{"node", "index.handler", "exports.handler = 1", "index.js"},
		{"node", "index.handler", "export const handler = 1", "index.mjs"},
		{"node", "app.main", "exports.main = 1", "app.js"},
		{"node", "src/app.main.deep", "export const main = 1", "src/app.mjs"},
		{"node", "index", "exports.handler = 1", "index.js"},
		{"node", "../x.handler", "exports.handler = 1", "index.js"},
		{"node", "/etc/x.handler", "exports.handler = 1", "index.js"},
		{"node", "a//x.handler", "exports.handler = 1", "index.js"},
		{"node", ".handler", "exports.handler = 1", "index.js"},
		{"node", "index.", "exports.handler = 1", "index.js"},
		{"node", `a\b.handler`, "exports.handler = 1", "index.js"},
		{"python", "lambda_function.lambda_handler", "", "lambda_function.py"},
		{"python", "app.main", "", "app.py"},
		{"python", "pkg.app.main", "", "pkg/app.py"},
		{"python", "pkg/app.main", "", "pkg/app.py"},
		{"python", "main", "", "lambda_function.py"},
		{"python", "..main", "", "lambda_function.py"},
		{"python", ".main", "", "lambda_function.py"},
	}
	for _, test := range tests {
		runtime := installedNode
		if test.language == "python" {
			runtime = installedPython
		}
		if got := fileFor(runtime, test.handler, test.code); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.language, test.handler, got, test.want)
		}
	}
}
