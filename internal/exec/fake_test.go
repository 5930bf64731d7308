package exec

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/inmem"
	"github.com/voltrun/voltrun/internal/lang"
	"github.com/voltrun/voltrun/internal/storage"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/wire"
	"go.uber.org/zap/zaptest"
)

// fakeDriver boots guests that are goroutines: they speak wire and do what the input tells them.
type fakeDriver struct {
	mu       sync.Mutex
	booted   int
	alive    int
	bootErr  error
	oomKills int
	late     chan struct{} // a guest told to write late does so once this is closed
}

func newFakeDriver() *fakeDriver { return &fakeDriver{late: make(chan struct{})} }

func (d *fakeDriver) Capabilities() vm.Capabilities   { return vm.Capabilities{Name: "fake"} }
func (d *fakeDriver) Close(ctx context.Context) error { return nil }

func (d *fakeDriver) counts() (booted, alive int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.booted, d.alive
}

func (d *fakeDriver) Boot(ctx context.Context, spec vm.Spec) (vm.Machine, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bootErr != nil {
		return nil, d.bootErr
	}
	d.booted++
	d.alive++
	host, guest := net.Pipe()
	m := &fakeMachine{id: voltrun.NewID(voltrun.PrefixMachine), driver: d, host: host, done: make(chan struct{})}
	go func() { // ends when the host closes the pipe
		defer close(m.done)
		defer guest.Close()
		m.serve(wire.NewConn(guest))
	}()
	return m, nil
}

type fakeMachine struct {
	id     string
	driver *fakeDriver
	host   net.Conn
	done   chan struct{}
	once   sync.Once
}

func (m *fakeMachine) ID() string                                 { return m.id }
func (m *fakeMachine) Dial(ctx context.Context) (net.Conn, error) { return m.host, nil }
func (m *fakeMachine) Done() <-chan struct{}                      { return m.done }
func (m *fakeMachine) Usage() vm.Usage {
	m.driver.mu.Lock()
	defer m.driver.mu.Unlock()
	return vm.Usage{MemoryPeakBytes: 1 << 20, OOMKills: m.driver.oomKills}
}

func (m *fakeMachine) Destroy(ctx context.Context) error {
	m.once.Do(func() {
		m.host.Close()
		<-m.done
		m.driver.mu.Lock()
		m.driver.alive--
		m.driver.mu.Unlock()
	})
	return nil
}

// order is what a test's input asks of the guest.
type order struct {
	Do   string `json:"do"`
	Text string `json:"text"`
}

func (m *fakeMachine) serve(conn *wire.Conn) {
	_ = conn.WriteJSON(wire.TypeHello, wire.Hello{Protocol: wire.Version})
	for {
		frame, err := conn.Read()
		if err != nil {
			return
		}
		switch frame.Type {
		case wire.TypePing:
			_ = conn.WriteEmpty(wire.TypePong)
		case wire.TypeLoad:
			_ = conn.WriteJSON(wire.TypeLoaded, wire.Loaded{})
		case wire.TypeInvoke:
			var invoke wire.Invoke
			input, _ := frame.DecodeBlock(&invoke)
			var o order
			_ = json.Unmarshal(input, &o)
			if !m.obey(conn, invoke, o) {
				return
			}
		}
	}
}

func (m *fakeMachine) obey(conn *wire.Conn, invoke wire.Invoke, o order) bool {
	result := wire.Result{Invocation: invoke.Invocation, DurationUS: 1000, Alive: true}
	output := []byte(fmt.Sprintf(`{"machine":%q,"invocation":%d}`, m.id, invoke.Invocation))
	log := func(text string) {
		_ = conn.WriteLog(wire.LogHeader{Invocation: invoke.Invocation, Stream: wire.Stdout}, []byte(text))
	}
	switch o.Do {
	case "die":
		return false
	case "hang":
		log("hanging\n")
		for {
			if _, err := conn.Read(); err != nil {
				return false
			}
		}
	case "forge":
		_ = conn.WriteBlock(wire.TypeResult, wire.Result{Invocation: invoke.Invocation + 7, Alive: true}, output)
		return true
	case "garbage":
		output = []byte("not json")
	case "throw":
		result.Failure = &wire.Failure{Kind: wire.FailureHandler, Type: "TypeError", Message: o.Text, Stack: []string{"at handler"}}
	case "timeout":
		result.Failure = &wire.Failure{Kind: wire.FailureTimeout, Type: voltrun.ErrorTimeout, Message: "Task timed out"}
		result.Alive = false
	case "log":
		log(o.Text)
	}
	_ = conn.WriteBlock(wire.TypeResult, result, output)
	if !result.Alive {
		return false
	}
	if o.Do == "late" {
		<-m.driver.late
		log("late\n")
	}
	_ = conn.WriteEmpty(wire.TypeIdle)
	return true
}

// fakeCatalog serves deployments by id or name.
type fakeCatalog map[string]*voltrun.Deployment

func (c fakeCatalog) Resolve(ctx context.Context, owner, ref string, version int) (*voltrun.Deployment, error) {
	for _, d := range c {
		if d.Function.OwnerID == owner && (d.Function.ID == ref || d.Function.Name == ref) {
			return d, nil
		}
	}
	return nil, voltrun.Errorf(voltrun.CodeNotFound, "there is no function %s", ref)
}

const owner = "usr_00000000000000000000000001"

func deployment(name string, isolation voltrun.Isolation) *voltrun.Deployment {
	digest := strings.Repeat("ab", 32)
	return &voltrun.Deployment{
		Function: voltrun.Function{ID: voltrun.NewID(voltrun.PrefixFunction), OwnerID: owner, Name: name, Runtime: "nodejs", MemoryMB: 128,
			Timeout: time.Minute, Isolation: isolation, MaxConcurrency: 4, Version: 1},
		Version:  voltrun.Version{Number: 1, Digest: digest, Runtime: "nodejs", Handler: "index.handler", Files: map[string]string{"index.js": "//"}},
		Revision: "r1",
	}
}

// fixture is a service over a real SQLite store with fake machines.
type fixture struct {
	*Service
	t       *testing.T
	driver  *fakeDriver
	db      *storage.DB
	catalog fakeCatalog
}

func openStore(t *testing.T) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func testConfig(t *testing.T) Config {
	config := DefaultConfig()
	config.NodeID, config.CodeDir, config.SoleWorker = "node", filepath.Join(t.TempDir(), "code"), true
	config.Pool.MaxMachines, config.Slots, config.QueueWait = 8, 6, 20*time.Second
	config.PollEvery = 20 * time.Millisecond
	return config
}

func newFixture(t *testing.T, change func(*Config)) *fixture {
	t.Helper()
	return fixtureOn(t, openStore(t), fakeCatalog{}, change)
}

func fixtureOn(t *testing.T, db *storage.DB, catalog fakeCatalog, change func(*Config)) *fixture {
	t.Helper()
	config := testConfig(t)
	if change != nil {
		change(&config)
	}
	f := &fixture{t: t, driver: newFakeDriver(), db: db, catalog: catalog}
	runtime := lang.Installed{Runtime: voltrun.Runtime{ID: "nodejs"}, Digest: "d", Command: func(int) []string { return nil }}
	service, err := New(config, Deps{Store: db, Catalog: f.catalog, Signals: inmem.NewSignals(), Driver: f.driver,
		Runtimes: []lang.Installed{runtime}, Log: zaptest.NewLogger(t), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	f.Service = service
	if err := service.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.stop)
	return f
}

// stop ends the service and checks that no machine is left.
func (f *fixture) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if f.isDraining() {
		return
	}
	if err := f.Stop(ctx); err != nil {
		f.t.Errorf("stop: %v", err)
	}
	if _, alive := f.driver.counts(); alive != 0 {
		f.t.Errorf("%d machines are left", alive)
	}
}

func (f *fixture) add(name string, isolation voltrun.Isolation) *voltrun.Deployment {
	d := deployment(name, isolation)
	f.catalog[name] = d
	return d
}

func (f *fixture) request(function, input string) Request {
	return Request{Owner: owner, Function: function, Input: []byte(input), Trigger: voltrun.TriggerAPI}
}

func (f *fixture) execute(function, input string) *voltrun.Execution {
	f.t.Helper()
	e, err := f.Execute(f.t.Context(), f.request(function, input))
	if err != nil {
		f.t.Fatal(err)
	}
	return e
}

// finished waits until an execution has ended.
func (f *fixture) finished(id string) *voltrun.Execution {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Minute)
	defer cancel()
	e, err := f.await(ctx, owner, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return e
}

// eventually waits for a condition that no signal tells of.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
