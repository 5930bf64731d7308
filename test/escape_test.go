package test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/voltrun/voltrun/internal/client"
	"github.com/voltrun/voltrun/test/harness"
)

// Needles in two parts, so that the input of the function that looks for them is not what it finds.
var (
	serverNeedle = [2]string{"server-secret-", "77ab03f1"}
	secretNeedle = [2]string{"stored-secret-", "c2910de4"}
	codeNeedle   = [2]string{"const other_functions_code = ", "'5f11aa90'"}
)

func spy(t *testing.T, s *harness.Server, a *abuse) {
	victim := s.Register("victim")
	f := victim.Deploy(t, "victim", strings.Join(codeNeedle[:], "")+"; exports.handler = async () => process.env.TOKEN_VALUE.length", harness.Warm,
		func(c *client.FunctionChange) {
			c.Secrets = map[string]string{"TOKEN_VALUE": strings.Join(secretNeedle[:], "")}
		})
	wantSuccess[int](t, victim.Run(t, f.ID, nil)) // its code and its machine are on this host now
	data := s.DataDir()
	split := func(path string) [2]string { return [2]string{path[:len(path)/2], path[len(path)/2:]} }
	paths := [][2]string{split(data), split(filepath.Dir(data)), split(s.TempDir())}
	entries, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		paths = append(paths, split(filepath.Join(data, entry.Name())))
	}
	looker := a.DeployFile(t, "abuse/spy.py", harness.Timeout(120_000), harness.CPUs(1), harness.Memory(512))
	e := a.Run(t, looker.ID, map[string]any{"needles": [][2]string{serverNeedle, secretNeedle, codeNeedle, split(data)}, "paths": paths})
	out := wantSuccess[struct {
		Found         []string
		Files, Denied int
	}](t, e)
	if len(out.Found) > 0 {
		t.Errorf("it finds %q", out.Found)
	}
	if out.Files < 100 {
		t.Errorf("it could read only %d files: the test looks at too little", out.Files)
	}
}

// network listens on all that the host has, and wants to see nobody.
func network(t *testing.T, a *abuse) {
	hosts := []string{"127.0.0.1", "::1"}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if ip, ok := address.(*net.IPNet); ok && !ip.IP.IsLoopback() && !ip.IP.IsLinkLocalUnicast() {
			hosts = append(hosts, ip.IP.String())
		}
	}
	var visitors atomic.Int64
	var listening sync.WaitGroup
	defer listening.Wait()
	targets := [][2]any{{"169.254.169.254", 80}, {"10.0.0.1", 80}, {"192.168.0.1", 80}, {"172.17.0.1", 80}, {"fd00:ec2::254", 80}, {"1.1.1.1", 443}, {"0.0.0.0", 80}}
	var urls []string
	listen := func(network, address string) net.Listener {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Logf("%s: %v", address, err)
			return nil
		}
		t.Cleanup(func() { listener.Close() })
		listening.Go(func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				visitors.Add(1)
				conn.Close()
			}
		})
		return listener
	}
	var open []net.Listener
	var packets []net.PacketConn
	for _, host := range hosts {
		listener := listen("tcp", net.JoinHostPort(host, "0"))
		if listener == nil {
			continue // such as no IPv6
		}
		open = append(open, listener)
		port := listener.Addr().(*net.TCPAddr).Port
		targets = append(targets, [2]any{host, port})
		urls = append(urls, "http://"+net.JoinHostPort(host, fmt.Sprint(port))+"/")
		packet, err := net.ListenPacket("udp", net.JoinHostPort(host, fmt.Sprint(port)))
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet)
		listening.Go(func() {
			buffer := make([]byte, 64)
			for {
				if _, _, err := packet.ReadFrom(buffer); err != nil {
					return
				}
				visitors.Add(1)
			}
		})
	}
	abstract := listen("unix", "@voltrun-test-"+filepath.Base(t.TempDir())+fmt.Sprint(os.Getpid()))
	named := listen("unix", filepath.Join(a.server.TempDir(), "test.sock"))
	open = append(open, abstract, named)
	serverURL := strings.TrimPrefix(a.server.URL(), "http://")
	urls = append(urls, "http://"+serverURL+"/livez", "http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://example.com/", "http://127.0.0.1.nip.io/")

	f := a.DeployFile(t, "abuse/network.py", harness.Timeout(120_000))
	results := wantSuccess[map[string]string](t, a.Run(t, f.ID, map[string]any{"addresses": targets, "names": []string{"example.com", "metadata.google.internal"},
		"sockets": []string{abstract.Addr().String(), named.Addr().String(), "/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket"}}))
	for what, result := range results {
		// A datagram to its own loopback goes nowhere: it is the listener that must not see it.
		if result == "connected" || result == "resolved" || result == "sent" && !strings.Contains(what, "127.0.0.1") && !strings.Contains(what, "::1") && !strings.Contains(what, "0.0.0.0") {
			t.Errorf("%s: %s", what, result)
		}
	}
	fetching := a.DeployFile(t, "abuse/network.js", harness.Timeout(120_000))
	for url, result := range wantSuccess[map[string]any](t, a.Run(t, fetching.ID, map[string]any{"urls": urls})) {
		if _, answered := result.(float64); answered {
			t.Errorf("%s answers %v", url, result)
		}
	}
	for _, listener := range open {
		listener.Close()
	}
	for _, packet := range packets {
		packet.Close()
	}
	listening.Wait()
	if n := visitors.Load(); n > 0 {
		t.Errorf("%d connections came from inside", n)
	}
}

type possessions struct {
	Descriptors map[string]string
	CWD         string
	Root        []string
}

// ownDescriptors compares what many machines have with what one has.
func ownDescriptors(t *testing.T, a *abuse, rootless bool) {
	runs, together := 1000, 8
	if rootless {
		runs = 200 // descriptors reach a machine the same way
	}
	if testing.Short() {
		runs = 50
	}
	f := a.DeployFile(t, "abuse/own_descriptors.py", harness.CPUs(1))
	first := wantSuccess[possessions](t, a.Run(t, f.ID, nil))
	for number, target := range first.Descriptors {
		if strings.HasPrefix(target, "folder") || strings.HasPrefix(target, "/") && target != "/dev/null" {
			t.Errorf("descriptor %s leads to %s", number, target)
		}
	}
	if first.CWD != "/var/task" || len(first.Descriptors) > 5 {
		t.Errorf("it has %+v", first)
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range together {
		all.Go(func() {
			for next.Add(1) <= int64(runs) {
				e := a.Run(t, f.ID, nil)
				if got := wantSuccess[possessions](t, e); !reflect.DeepEqual(got, first) {
					t.Errorf("%s has %+v, the first had %+v", e.ID, got, first)
					return
				}
			}
		})
	}
	all.Wait()
}
