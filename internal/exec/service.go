package exec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/lang"
	"github.com/voltrun/voltrun/internal/lifecycle"
	"github.com/voltrun/voltrun/internal/vm"
	"go.uber.org/zap"
)

const (
	retryAfterBusy = time.Second
	flushLogsEvery = 250 * time.Millisecond
)

// errCanceled is the cause of a run that was canceled by its user.
var errCanceled = errors.New("canceled")

// errStopped is the cause of a run that the server's stop cut off.
var errStopped = errors.New("the server stopped")

// errLeaseLost is the cause of a run whose lease another worker has taken.
var errLeaseLost = errors.New("the lease was lost")

// Deps are what the service works with.
type Deps struct {
	Store    Store
	Catalog  Catalog
	Signals  Signals
	Driver   vm.Driver
	Runtimes []lang.Installed
	Log      *zap.Logger
	Metrics  prometheus.Registerer
}

// Service runs executions on this node.
type Service struct {
	config   Config
	store    Store
	catalog  Catalog
	signals  Signals
	log      *zap.Logger
	metrics  *metrics
	runtimes map[string]*runtimeImage
	worker   string // node and boot: names the holder of leases
	code     *codeStore
	pool     *pool
	slots    *slots
	backlog  atomic.Bool // executions may wait in the queue
	writer   *writer

	background *lifecycle.Group // loops: queue, leases, retention, pool
	writing    *lifecycle.Group // the writer, stopped after everything that writes
	calls      sync.WaitGroup   // executions in flight

	mu       sync.Mutex
	draining bool
	running  map[string]*run
	// submitting are the executions on their way to the store that are not there yet, by an id below theirs: see inView.
	submitting map[string]*voltrun.Execution
}

// run is one execution in flight on this node.
type run struct {
	execution *voltrun.Execution // as it was when it started; the fields here do not change
	topics    topics
	recorder  *recorder
	attempt   int
	started   bool          // it is running, no longer waiting for a slot
	patience  time.Duration // how long it waits for a machine; zero: as long as it takes
	cancel    context.CancelCauseFunc
	done      chan struct{}
}

// New builds the service; Start sets it going.
func New(config Config, deps Deps) (*Service, error) {
	code, err := openCodeStore(config.CodeDir)
	if err != nil {
		return nil, err
	}
	s := &Service{
		config: config, store: deps.Store, catalog: deps.Catalog, signals: deps.Signals, log: deps.Log,
		metrics:    newMetrics(deps.Metrics),
		runtimes:   runtimeImages(deps.Runtimes),
		worker:     config.NodeID + "/" + voltrun.NewID("boot"),
		code:       code,
		writer:     newWriter(deps.Store, deps.Log),
		background: lifecycle.NewGroup(),
		writing:    lifecycle.NewGroup(),
		running:    make(map[string]*run),
		submitting: make(map[string]*voltrun.Execution),
	}
	s.slots = newSlots(config.Slots, s.slotFreed)
	s.pool = newPool(deps.Driver, config.Pool, s.specOf, s.metrics, deps.Log)
	s.metrics.watch(deps.Metrics, s.pool.state, s.pendingGauge)
	return s, nil
}

// Start takes over what an earlier life of this node left running, and begins to work.
func (s *Service) Start(ctx context.Context) error {
	if s.config.SoleWorker {
		if err := s.expire(ctx, time.Now().Add(100*365*24*time.Hour)); err != nil {
			return err
		}
	}
	s.writing.Go(s.writer.run)
	s.background.Go(s.workQueue)
	s.background.Every(s.config.Pool.CheckEvery, s.pool.tend)
	s.background.Every(s.config.LeaseTTL/3, s.keepLeases)
	s.background.Every(flushLogsEvery, s.flushAllLogs)
	s.background.Every(s.config.Retention.Every, s.retain)
	for _, image := range s.defaultImages() {
		s.pool.keepReady(machineKey{runtime: image.ID, memoryMB: voltrun.DefaultMemoryMB, cpus: cpuShare(voltrun.DefaultMemoryMB)}, s.config.Pool.MinIdle)
	}
	return nil
}

// Stop refuses new work, lets what runs finish until ctx ends, cuts off the rest, and releases everything.
// An asynchronous execution that is cut off goes back to the queue.
func (s *Service) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	s.signals.Notify(topicQueue)
	drained := make(chan struct{})
	go func() { s.calls.Wait(); close(drained) }() // ends with the last call, awaited below
	select {
	case <-drained:
	case <-ctx.Done():
		s.mu.Lock()
		for _, r := range s.running {
			r.cancel(errStopped)
		}
		s.mu.Unlock()
		<-drained
	}
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), destroyTimeout)
	defer cancel()
	return errors.Join(s.background.Stop(cleanup), s.pool.close(cleanup), s.writing.Stop(cleanup))
}

// Ready reports why this node cannot execute now, or nil.
func (s *Service) Ready(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return voltrun.Errorf(voltrun.CodeUnavailable, "the server is stopping")
	}
	if len(s.runtimes) == 0 {
		return voltrun.Errorf(voltrun.CodeUnavailable, "no language runtime was found on this host; run `voltrun doctor`")
	}
	return nil
}

// Pool tells how many machines there are.
func (s *Service) Pool() PoolState { return s.pool.state() }

// newExecution admits a request: it makes the row that everything else works on. Its id comes with what makes it visible, see inView.
func (s *Service) newExecution(ctx context.Context, req Request) (*voltrun.Execution, *voltrun.Deployment, error) {
	if req.Received.IsZero() {
		req.Received = time.Now()
	}
	if len(req.Input) > voltrun.MaxInputBytes {
		return nil, nil, voltrun.Errorf(voltrun.CodeTooLarge, "the input has %d bytes; the limit is %d", len(req.Input), voltrun.MaxInputBytes)
	}
	input := bytes.TrimSpace(req.Input)
	if len(input) == 0 {
		input = []byte("null")
	}
	if !json.Valid(input) {
		return nil, nil, voltrun.Invalid([]voltrun.FieldError{{Location: "body.input", Message: "is not JSON"}})
	}
	d, err := s.catalog.Resolve(ctx, req.Owner, req.Function, req.Version)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := s.runtimes[d.Version.Runtime]; !ok {
		return nil, nil, voltrun.Errorf(voltrun.CodeUnavailable, "the runtime %s is not installed on this server; `voltrun doctor` says how to add it", d.Version.Runtime)
	}
	return &voltrun.Execution{
		OwnerID: d.Function.OwnerID, FunctionID: d.Function.ID, FunctionName: d.Function.Name, Version: d.Version.Number,
		Status: voltrun.StatusPending, Trigger: req.Trigger, Input: input,
		CreatedAt: req.Received.UTC(), Phases: []voltrun.Phase{{Name: voltrun.PhaseAdmit, Duration: time.Since(req.Received)}},
		ReplayOf: req.ReplayOf, RequestID: req.RequestID, IdempotencyKey: req.IdempotencyKey, MaxAttempts: 1,
	}, d, nil
}

// Execute runs a function and waits for the outcome. The function failing is an outcome, not an error.
func (s *Service) Execute(ctx context.Context, req Request) (*voltrun.Execution, error) {
	e, d, err := s.newExecution(ctx, req)
	if err != nil {
		return nil, err
	}
	if earlier, err := s.earlier(ctx, e); earlier != nil || err != nil {
		return earlier, err
	}
	done, earlier, err := s.executeNow(e, d)
	if earlier != "" {
		return s.await(ctx, e.OwnerID, earlier)
	}
	return done, err
}

// executeNow takes a slot and runs an execution in it. It returns the id of an earlier execution with the same idempotency key
// instead, if one came first; the slot is free again then, as the earlier one may be waiting for it.
func (s *Service) executeNow(e *voltrun.Execution, d *voltrun.Deployment) (done *voltrun.Execution, earlier string, err error) {
	r, ctx, err := s.begin(e)
	if err != nil {
		return nil, "", err
	}
	defer s.end(r)
	r.patience = s.config.QueueWait // a caller waits; what comes from the queue has time
	queued := time.Now()
	if err := s.slots.wait(ctx, e.FunctionID, d.Function.MaxConcurrency, s.config.QueueWait); err != nil {
		done, err = s.neverRan(e, err)
		return done, "", err
	}
	defer s.slots.release(e.FunctionID)
	e.Phases = append(e.Phases, voltrun.Phase{Name: voltrun.PhaseQueue, Duration: time.Since(queued)})
	if earlier, err = s.startNow(r, e); err != nil || earlier != "" {
		return nil, earlier, err
	}
	done, err = s.perform(ctx, r, e, d)
	return done, "", err
}

// earlier returns the finished execution that had the same idempotency key, waiting for it if it still runs.
func (s *Service) earlier(ctx context.Context, e *voltrun.Execution) (*voltrun.Execution, error) {
	if e.IdempotencyKey == "" {
		return nil, nil
	}
	earlier, err := s.store.ExecutionByIdempotencyKey(ctx, e.OwnerID, e.FunctionID, e.IdempotencyKey)
	if voltrun.CodeOf(err) == voltrun.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.await(ctx, e.OwnerID, earlier.ID)
}

// neverRan ends a synchronous execution that got no slot. Only a cancel is worth a row: it was visible and somebody ended it.
func (s *Service) neverRan(e *voltrun.Execution, cause error) (*voltrun.Execution, error) {
	switch {
	case errors.Is(cause, errCanceled):
		now := time.Now().UTC()
		e.FinishedAt, e.Status, e.Error = &now, voltrun.StatusCanceled, canceledError()
		_, err := s.writer.insert(e)
		return e, err
	case errors.Is(cause, errStopped):
		return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the server stopped before the function ran")
	default:
		return nil, capacityError(e.FunctionName)
	}
}

// Submit records an asynchronous execution: when it returns, the execution is durable and will reach an end.
func (s *Service) Submit(ctx context.Context, req Request) (*voltrun.Execution, error) {
	e, _, err := s.newExecution(ctx, req)
	if err != nil {
		return nil, err
	}
	if s.isDraining() {
		return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the server is stopping")
	}
	if err := s.checkBacklog(ctx); err != nil {
		return nil, err
	}
	e.MaxAttempts = s.config.MaxAttempts
	earlier, err := s.submit(e)
	if err != nil {
		return nil, err
	}
	if earlier != "" {
		return s.Get(ctx, e.OwnerID, earlier)
	}
	s.signals.Notify(topicQueue)
	s.announce(topicsOf(e))
	return e, nil
}

// submit gives a pending execution its id and records it, or returns the id of the one that had its idempotency key before.
func (s *Service) submit(e *voltrun.Execution) (earlier string, err error) {
	s.mu.Lock()
	below := voltrun.NewID(voltrun.PrefixExecution)
	e.ID = voltrun.NewID(voltrun.PrefixExecution)
	s.submitting[below] = e
	s.mu.Unlock()
	earlier, err = s.writer.insert(e)
	s.mu.Lock()
	delete(s.submitting, below)
	s.mu.Unlock()
	return earlier, err
}

// checkBacklog refuses more work before the queue grows without bound.
func (s *Service) checkBacklog(ctx context.Context) error {
	pending, err := s.store.CountPending(ctx)
	if err != nil {
		return err
	}
	if pending >= s.config.MaxPending {
		return &voltrun.Error{Code: voltrun.CodeCapacity, RetryAfter: 5 * time.Second,
			Message: fmt.Sprintf("%d executions wait already; try again later", pending)}
	}
	return nil
}

func (s *Service) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// begin registers an execution as in flight on this node, and gives a new one its id.
func (s *Service) begin(e *voltrun.Execution) (*run, context.Context, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		cancel(errStopped)
		return nil, nil, &voltrun.Error{Code: voltrun.CodeUnavailable, RetryAfter: time.Second, Message: "the server is stopping"}
	}
	if e.ID == "" {
		e.ID = voltrun.NewID(voltrun.PrefixExecution)
	}
	copied := *e
	r := &run{execution: &copied, topics: topicsOf(e), cancel: cancel, done: make(chan struct{}), attempt: e.Attempt}
	r.recorder = newRecorder(e.ID, s.config.MaxLogBytes, func() { s.announce(r.topics) })
	s.calls.Add(1)
	s.running[e.ID] = r
	s.metrics.running.Inc()
	return r, ctx, nil
}

// end takes an execution off the register, after its outcome is recorded.
func (s *Service) end(r *run) {
	r.cancel(nil)
	s.mu.Lock()
	delete(s.running, r.execution.ID)
	s.mu.Unlock()
	close(r.done)
	s.announce(r.topics)
	s.metrics.running.Dec()
	s.calls.Done()
}

// announce wakes whoever watches an execution, its function or everything of its owner.
func (s *Service) announce(of topics) {
	for _, topic := range of {
		s.signals.Notify(topic)
	}
}

// startNow takes a synchronous execution to running. With an idempotency key the row is durable
// before anything runs, and the id of an execution that came first is returned.
func (s *Service) startNow(r *run, e *voltrun.Execution) (earlier string, err error) {
	now := time.Now().UTC()
	lease := now.Add(s.config.LeaseTTL)
	e.Status, e.Attempt, e.StartedAt = voltrun.StatusRunning, 1, &now
	e.Worker, e.LeaseUntil = s.worker, &lease
	s.noteStarted(r, e)
	if e.IdempotencyKey != "" {
		return s.writer.insert(e)
	}
	s.writer.start(e)
	return "", nil
}

// noteStarted lets readers of this node see that it runs.
func (s *Service) noteStarted(r *run, e *voltrun.Execution) {
	copied := *e
	s.mu.Lock()
	r.execution, r.attempt, r.started = &copied, e.Attempt, true
	s.mu.Unlock()
	s.announce(r.topics)
}

func (s *Service) inFlight(id string) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[id]
}

// await waits until an execution is over, wherever it runs.
func (s *Service) await(ctx context.Context, owner, id string) (*voltrun.Execution, error) {
	wake, cancel := s.signals.Subscribe(topicExecution(id))
	defer cancel()
	for {
		e, err := s.Get(ctx, owner, id)
		if err != nil || e.Status.Terminal() {
			return e, err
		}
		if err := waitFor(ctx, wake, s.config.PollEvery); err != nil {
			return nil, voltrun.Errorf(voltrun.CodeUnavailable, "the execution %s has not finished: %w", id, err)
		}
	}
}

// waitFor waits for a signal or for the time to look without one.
func waitFor(ctx context.Context, wake <-chan struct{}, poll time.Duration) error {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-wake:
		return nil
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Service) pendingGauge() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	n, err := s.store.CountPending(ctx)
	if err != nil {
		return -1
	}
	return float64(n)
}
