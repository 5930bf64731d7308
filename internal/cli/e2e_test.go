package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voltrun/voltrun"
)

// TestE2E walks through the main job on a real server, named by VOLT_TEST_SERVER; without one it uses
// the fake, so that the walk itself stays right.
func TestE2E(t *testing.T) {
	server := os.Getenv("VOLT_TEST_SERVER")
	real := server != ""
	if !real {
		server = newFake(t).URL
	}
	p := newPerson(t, server)
	p.env["VOLT_PASSWORD"] = "a long enough passphrase 7"
	email := strings.ToLower(voltrun.NewID("e2e")) + "@example.com"
	p.want(0, "register", "--email", email)
	p.want(0, "whoami")
	for _, kind := range templateNames() {
		name := "e2e-" + kind
		p.want(0, "init", name, "--template", kind)
		p.want(0, "deploy", name, "--message", "first")
		out, _ := p.want(0, "deploy", name)
		contains(t, out, "up to date")
		out, diagnostics := p.want(0, "invoke", name, "--file", filepath.Join(name, "event.json"))
		contains(t, out, "Hello, Ada!")
		contains(t, diagnostics, "stdout", "success in")
		out, _ = p.want(0, "executions", "list", "--function", name)
		contains(t, out, "success")
	}
	if !real {
		return // a fake runs no code
	}
	p.write("e2e-node/index.mjs", "export const handler = async () => { throw new RangeError('too far'); };\n")
	p.want(0, "deploy", "e2e-node")
	_, diagnostics := p.want(3, "invoke", "e2e-node")
	contains(t, diagnostics, "RangeError", "too far")
	p.write("e2e-node/index.mjs", "export const handler = () => new Promise(r => setTimeout(r, 60000));\n")
	p.want(0, "deploy", "e2e-node")
	p.want(124, "invoke", "e2e-node")
	p.want(0, "functions", "rollback", "e2e-node", "1")
	p.want(0, "invoke", "e2e-node")
	for _, kind := range templateNames() {
		p.want(0, "functions", "delete", "e2e-"+kind, "--yes")
	}
	p.want(0, "logout")
	p.want(4, "functions", "list")
}
