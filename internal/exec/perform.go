package exec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/wire"
	"go.uber.org/zap"
)

// perform runs an execution that is marked as running, and records its outcome. The returned error
// is the platform's; then the execution is recorded as failed by the platform, or left to be retried.
func (s *Service) perform(ctx context.Context, r *run, e *voltrun.Execution, d *voltrun.Deployment) (*voltrun.Execution, error) {
	platformErr := s.runInMachine(ctx, r, e, d)
	if platformErr != nil {
		if retry := e.Attempt < e.MaxAttempts; retry || errors.Is(context.Cause(ctx), errLeaseLost) {
			return nil, platformErr
		}
		e.Status = voltrun.StatusFailed
		e.Error = &voltrun.ExecutionError{Type: voltrun.ErrorPlatform, Message: "VoltRun could not run the function: " + publicMessage(platformErr)}
	}
	if err := s.recordEnd(r, e, d); err != nil {
		return nil, err
	}
	return e, platformErr
}

// runInMachine acquires a machine, loads the code into it unless it is warm, and calls the handler.
// It fills the outcome into e.
func (s *Service) runInMachine(ctx context.Context, r *run, e *voltrun.Execution, d *voltrun.Deployment) error {
	began := time.Now()
	m, err := s.acquire(ctx, r, e, d)
	if err != nil {
		return s.interrupted(ctx, e, err)
	}
	e.Phases = append(e.Phases, voltrun.Phase{Name: voltrun.PhaseAcquire, Duration: time.Since(began)})
	stop := context.AfterFunc(ctx, m.abort) // cancel, stop and a lost lease end the machine at once
	keep := false
	defer func() {
		if !stop() {
			keep = false
		}
		e.MemoryPeakBytes = m.memoryPeak(keep && e.Duration <= shortHandler)
		s.giveBack(m, keep, e.Duration)
	}()
	if m.warmKey == "" {
		ok, err := s.loadInto(ctx, m, r, e, d)
		if err != nil || !ok {
			return err
		}
	}
	result, output, err := m.invoke(d, e, r.recorder)
	if err != nil {
		return s.machineFailed(ctx, m, e, err)
	}
	s.applyResult(m, e, result, output)
	keep = result.Alive && d.Function.Isolation == voltrun.IsolationWarm
	return nil
}

// acquire gets a machine: a warm one of the same revision, or one that nobody has used.
func (s *Service) acquire(ctx context.Context, r *run, e *voltrun.Execution, d *voltrun.Deployment) (*machine, error) {
	e.Start = voltrun.StartCold
	if d.Function.Isolation != voltrun.IsolationWarm {
		return s.pool.acquire(ctx, s.keyOf(d), r.patience)
	}
	m, warm, err := s.pool.acquireWarm(ctx, s.keyOf(d), warmKeyOf(d), r.patience)
	if warm {
		e.Start = voltrun.StartWarm
	}
	return m, err
}

// loadInto puts the function's code into a machine; false means that the module failed to load, which is the outcome.
func (s *Service) loadInto(ctx context.Context, m *machine, r *run, e *voltrun.Execution, d *voltrun.Deployment) (bool, error) {
	began := time.Now()
	release, err := s.code.hold(&d.Version)
	if err != nil {
		return false, err
	}
	failure, err := m.load(d, release, r.recorder, s.config.InitTimeout)
	e.Phases = append(e.Phases, voltrun.Phase{Name: voltrun.PhaseLoad, Duration: time.Since(began)})
	if err != nil {
		return false, s.machineFailed(ctx, m, e, err)
	}
	if failure != nil {
		s.applyFailure(m, e, failure)
		return false, nil
	}
	return true, nil
}

// applyResult fills the outcome of a handler that was called.
func (s *Service) applyResult(m *machine, e *voltrun.Execution, result wire.Result, output []byte) {
	e.Duration = time.Duration(result.DurationUS) * time.Microsecond
	e.Phases = append(e.Phases, voltrun.Phase{Name: voltrun.PhaseHandler, Duration: e.Duration})
	e.ExitCode = result.ExitCode
	if result.Failure != nil {
		s.applyFailure(m, e, result.Failure)
		return
	}
	switch {
	case len(output) > voltrun.MaxOutputBytes:
		s.applyFailure(m, e, &wire.Failure{Kind: wire.FailureOutput, Type: voltrun.ErrorOutputSize,
			Message: fmt.Sprintf("the output has %d bytes; the limit is %d", len(output), voltrun.MaxOutputBytes)})
	case !json.Valid(output):
		s.applyFailure(m, e, &wire.Failure{Kind: wire.FailureProtocol, Type: voltrun.ErrorProtocol, Message: "the runtime's answer is not JSON"})
	default:
		e.Status, e.Output = voltrun.StatusSuccess, bytes.Clone(output)
	}
}

// Bounds of what a guest may say about a failure.
const (
	maxErrorText   = 64 << 10
	maxStackFrames = 200
)

// applyFailure fills a failed outcome. An exit is out of memory when the machine's limit killed something.
func (s *Service) applyFailure(m *machine, e *voltrun.Execution, f *wire.Failure) {
	e.Status = voltrun.StatusFailed
	if f.Kind == wire.FailureTimeout {
		e.Status = voltrun.StatusTimeout
	}
	e.Error = &voltrun.ExecutionError{Type: clip(f.Type, 256), Message: clip(f.Message, maxErrorText)}
	for _, frame := range f.Stack[:min(len(f.Stack), maxStackFrames)] {
		e.Error.Stack = append(e.Error.Stack, clip(frame, 4096))
	}
	if f.Kind == wire.FailureExit && m.vm.Usage().OOMKills > 0 {
		e.Error = outOfMemory(m.key.memoryMB)
	}
}

func outOfMemory(limitMB int) *voltrun.ExecutionError {
	return &voltrun.ExecutionError{Type: voltrun.ErrorOutOfMemory,
		Message: fmt.Sprintf("the function used more memory than its limit of %d MB; raise memory_mb or use less", limitMB)}
}

func canceledError() *voltrun.ExecutionError {
	return &voltrun.ExecutionError{Type: voltrun.ErrorCanceled, Message: "the execution was canceled"}
}

// clip bounds text from a guest, and says so.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes dropped)", text[:limit], len(text)-limit)
}

// machineFailed says what a broken conversation means: a cancel, running out of memory, a guest that
// broke the protocol, or a machine that ended. All are outcomes: the machine served this execution only.
func (s *Service) machineFailed(ctx context.Context, m *machine, e *voltrun.Execution, err error) error {
	if context.Cause(ctx) != nil {
		return s.interrupted(ctx, e, err)
	}
	s.log.Info("a machine failed during an execution", zap.String("execution", e.ID), zap.String("machine", m.vm.ID()), zap.Error(err))
	select { // the kernel reports the kill with the end of the guest
	case <-m.vm.Done():
	case <-time.After(time.Second):
	}
	e.Status = voltrun.StatusFailed
	switch {
	case m.vm.Usage().OOMKills > 0:
		e.Error = outOfMemory(m.key.memoryMB)
	case errors.Is(err, wire.ErrFrame):
		e.Error = &voltrun.ExecutionError{Type: voltrun.ErrorProtocol, Message: "the machine broke the protocol with the host and was ended"}
	case broken(err):
		e.Error = &voltrun.ExecutionError{Type: voltrun.ErrorExit, Message: "the machine ended before the function answered"}
	default:
		e.Error = &voltrun.ExecutionError{Type: voltrun.ErrorExit, Message: "the machine stopped answering and was ended"}
	}
	return nil
}

// interrupted turns the cause of a run's end from outside into its outcome, or into the platform error it is.
func (s *Service) interrupted(ctx context.Context, e *voltrun.Execution, err error) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, errCanceled) {
		e.Status, e.Error = voltrun.StatusCanceled, canceledError()
		return nil
	}
	if errors.Is(cause, errStopped) || errors.Is(cause, errLeaseLost) {
		return voltrun.Errorf(voltrun.CodeUnavailable, "%w while the function was running", cause)
	}
	return err
}

// giveBack returns a machine after an execution, off the caller's path: a warm one once it is quiet.
// What it wrote late is appended to the logs of the executions that wrote it.
func (s *Service) giveBack(m *machine, keep bool, handler time.Duration) {
	if !keep {
		s.pool.discard(m, "used")
		return
	}
	if m.wire.Buffered() { // most often the agent says at once that the machine is quiet
		s.settle(m, handler)
		return
	}
	s.pool.group.Go(func(context.Context) { s.settle(m, handler) })
}

// settle waits until a machine is quiet and keeps it warm.
func (s *Service) settle(m *machine, handler time.Duration) {
	if err := m.settle(); err != nil {
		s.pool.discard(m, "unsettled")
		return
	}
	s.recordLateOutput(m)
	s.pool.keepWarm(m, handler)
}

// recordLateOutput stores what ended executions of this machine wrote after their answer.
func (s *Service) recordLateOutput(m *machine) {
	for _, rec := range m.recorders {
		if len(rec.unflushed()) == 0 && !rec.unfinished() {
			continue
		}
		if s.inFlight(rec.executionID) != nil {
			continue // its own end records it
		}
		rec.finish(time.Now())
		ctx, cancel := context.WithTimeout(context.Background(), storePatience)
		lines := slices.Clone(rec.unflushed())
		if err := s.store.AppendLogs(ctx, rec.executionID, lines); err != nil {
			s.log.Error("late output was not recorded", zap.String("execution", rec.executionID), zap.Int("lines", len(lines)), zap.Error(err))
		} else if len(lines) > 0 {
			rec.markFlushed(lines[len(lines)-1].Seq)
		}
		cancel()
	}
}

// recordEnd makes the outcome durable. When somebody else had ended the execution, e becomes what they wrote.
func (s *Service) recordEnd(r *run, e *voltrun.Execution, d *voltrun.Deployment) error {
	began := time.Now()
	r.recorder.finish(began)
	e.Logs = r.recorder.text()
	e.LogsTruncatedBytes = r.recorder.truncatedBytes()
	finished := time.Now().UTC()
	e.FinishedAt, e.Worker, e.LeaseUntil = &finished, "", nil
	e.Phases = append(e.Phases, voltrun.Phase{Name: voltrun.PhaseRecord, Duration: time.Since(began)})
	lines := slices.Clone(r.recorder.unflushed())
	won, err := s.writer.finish(e, lines)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		r.recorder.markFlushed(lines[len(lines)-1].Seq)
	}
	if !won {
		s.log.Warn("an execution had ended otherwise; this result is refused", zap.String("execution", e.ID), zap.Int("attempt", e.Attempt))
		ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
		defer cancel()
		theirs, err := s.store.Execution(ctx, e.OwnerID, e.ID)
		if err != nil {
			return err
		}
		*e = *theirs
		return nil
	}
	s.metrics.observe(e, d.Version.Runtime)
	s.log.Debug("execution ended", zap.String("execution", e.ID), zap.String("request_id", e.RequestID),
		zap.String("function", e.FunctionID), zap.String("status", string(e.Status)), zap.Duration("handler", e.Duration))
	return nil
}

// publicMessage is the part of a platform error that its user may see.
func publicMessage(err error) string {
	var e *voltrun.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "an internal error; the server's log has the cause"
}

// specOf says what to boot for a key.
func (s *Service) specOf(key machineKey) (vm.Spec, *runtimeImage, error) {
	image, ok := s.runtimes[key.runtime]
	if !ok {
		return vm.Spec{}, nil, voltrun.Errorf(voltrun.CodeUnavailable, "the runtime %s is not installed on this server", key.runtime)
	}
	return vm.Spec{Image: image.vmImage(key.memoryMB), MemoryMB: key.memoryMB, CPUs: key.cpus, CodeStore: s.code.dir}, image, nil
}

// keyOf names the machines that can run a deployment.
func (s *Service) keyOf(d *voltrun.Deployment) machineKey {
	return machineKey{runtime: s.runtimes[d.Version.Runtime].ID, memoryMB: d.Function.MemoryMB, cpus: d.Function.CPUShare()}
}
