// Package app is the composition root: it builds the object graph of a server,
// starts it and stops it. Only this package knows every other.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"

	"github.com/voltrun/voltrun/internal/api"
	"github.com/voltrun/voltrun/internal/auth"
	"github.com/voltrun/voltrun/internal/config"
	"github.com/voltrun/voltrun/internal/control"
	"github.com/voltrun/voltrun/internal/exec"
	"github.com/voltrun/voltrun/internal/inmem"
	"github.com/voltrun/voltrun/internal/lang"
	"github.com/voltrun/voltrun/internal/lifecycle"
	"github.com/voltrun/voltrun/internal/storage"
	"github.com/voltrun/voltrun/internal/vm"
	"github.com/voltrun/voltrun/internal/webui"
)

const (
	maxLimiterKeys = 100_000
	// flushKeysEvery is how late the last use of an API key may be on record.
	flushKeysEvery = 5 * time.Second
)

// Server is a running VoltRun.
type Server struct {
	config   config.Config
	version  string
	log      *zap.Logger
	stack    lifecycle.Stack
	metrics  *prometheus.Registry
	db       *storage.DB
	driver   vm.Driver
	runtimes []lang.Installed
	problems []lang.Problem
	exec     *exec.Service
	auth     *auth.Authenticator
	api      *api.Server
	listener net.Listener
	serving  *lifecycle.Group
	failed   chan error // a listener that ended by itself
	started  time.Time

	statusCache statusCache
}

// New builds and starts everything; the server answers when it returns. When it fails, nothing is left behind.
func New(ctx context.Context, c config.Config, version string, log *zap.Logger) (*Server, error) {
	s := &Server{config: c, version: version, log: log, metrics: prometheus.NewRegistry(), serving: lifecycle.NewGroup(), failed: make(chan error, 2), started: time.Now()}
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{Namespace: "voltrun"}))
	if err := s.build(ctx); err != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return nil, errors.Join(err, s.stack.Release(cleanup))
	}
	return s, nil
}

func (s *Server) build(ctx context.Context) error {
	d, err := openData(s.config.DataDir)
	if err != nil {
		return err
	}
	s.stack.Push("the data directory", func(context.Context) error { return d.close() })
	// The address is taken first: a port in use is the most likely mistake, and the cheapest to find.
	if s.listener, err = net.Listen("tcp", s.config.Listen); err != nil {
		return fmt.Errorf("listen on %s: %w; choose another with --listen", s.config.Listen, err)
	}
	s.stack.Push("the listener", func(context.Context) error { return ignoreClosed(s.listener.Close()) })
	keys, err := d.keys()
	if err != nil {
		return err
	}
	if err := s.openDatabase(ctx, d); err != nil {
		return err
	}
	codeDir := d.path("code")
	if s.driver, err = openDriver(ctx, s.config, d, codeDir, s.log); err != nil {
		return err
	}
	s.stack.Push("the machines", s.driver.Close)
	if err := checkExposure(s.config, s.driver.Capabilities().Level); err != nil {
		return err
	}
	s.runtimes, s.problems = discover(ctx, d)
	tokens, err := auth.NewTokens(auth.TokensConfig{Key: keys.token, Lifetime: s.config.TokenLifetime})
	if err != nil {
		return err
	}
	vault, err := control.NewVault(keys.vault)
	if err != nil {
		return err
	}
	s.openAuth(tokens)
	functions := control.NewFunctions(control.FunctionsConfig{Store: s.db, Runtimes: catalogue(s.runtimes), Vault: vault})
	if err := s.openExec(ctx, d, codeDir, functions); err != nil {
		return err
	}
	passwords, err := auth.NewPasswords(s.config.PasswordCost)
	if err != nil {
		return err
	}
	accounts := control.NewAccounts(s.db, passwords, tokens, s.auth, s.exec)
	return s.openAPI(accounts, control.NewKeys(s.db, s.db, s.auth), functions)
}

func (s *Server) openDatabase(ctx context.Context, d *data) error {
	var err error
	if s.db, err = openMigrated(ctx, s.config, d); err != nil {
		return err
	}
	s.stack.Push("the database", func(context.Context) error { return s.db.Close() })
	return nil
}

// openAuth makes the authenticator, and starts what is done now and then.
func (s *Server) openAuth(tokens *auth.Tokens) {
	s.auth = auth.NewAuthenticator(auth.AuthenticatorConfig{Store: s.db, Tokens: tokens})
	upkeep := lifecycle.NewGroup()
	upkeep.Every(flushKeysEvery, s.flushKeys)
	upkeep.Every(cleanUpEvery, s.cleanUp)
	s.stack.Push("the last uses of API keys", func(ctx context.Context) error {
		return errors.Join(upkeep.Stop(ctx), s.auth.Flush(ctx))
	})
}

// flushKeys writes down when API keys were last used.
func (s *Server) flushKeys(ctx context.Context) {
	if err := s.auth.Flush(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("the last uses of API keys were not recorded", zap.Error(err))
	}
}

func (s *Server) openExec(ctx context.Context, d *data, codeDir string, functions *control.Functions) error {
	node, err := d.nodeID()
	if err != nil {
		return err
	}
	s.exec, err = exec.New(execConfig(s.config, node, codeDir), exec.Deps{
		Store: s.db, Catalog: functions, Signals: inmem.NewSignals(), Driver: s.driver, Runtimes: s.runtimes, Log: s.log, Metrics: s.metrics})
	if err != nil {
		return err
	}
	if err := s.exec.Start(ctx); err != nil {
		return err
	}
	s.stack.Push("the executions", s.exec.Stop)
	return nil
}

// execConfig takes the settings over; zero ones keep the default that follows the machine.
func execConfig(c config.Config, node, codeDir string) exec.Config {
	e := exec.DefaultConfig()
	e.NodeID, e.CodeDir, e.SoleWorker = node, codeDir, c.Embedded()
	fill := func(field *int, value int) {
		if value > 0 {
			*field = value
		}
	}
	fill(&e.Slots, c.Slots)
	fill(&e.Pool.MaxMachines, c.MaxMachines)
	fill(&e.Pool.MaxIdle, c.MaxIdle)
	e.Pool.MinIdle, e.Pool.IdleLimit, e.Pool.AgeLimit = c.MinIdle, c.IdleLimit, c.MachineAge
	e.QueueWait, e.InitTimeout = c.QueueWait, c.InitTimeout
	e.MaxLogBytes, e.MaxPending, e.MaxAttempts = c.MaxLogBytes, c.MaxPending, c.MaxAttempts
	e.Retention.MaxAge, e.Retention.MaxPerFunc = c.RetentionAge, c.RetentionCount
	return e
}

func (s *Server) openAPI(accounts *control.Accounts, apiKeys *control.Keys, functions *control.Functions) error {
	web, err := webui.Handler()
	if err != nil {
		return err
	}
	deps := api.Deps{
		Accounts: accounts, Keys: apiKeys, Functions: functions, Executions: s.exec, Authenticator: s.auth,
		Limiter:  inmem.NewLimiter(maxLimiterKeys, time.Now),
		Runtimes: catalogue(s.runtimes).Runtimes,
		Ready:    s.ready, System: s.system, Status: s.status, Started: s.started, Metrics: s.metrics, Logger: s.log, Web: web,
		Config: api.Config{CORSOrigins: s.config.CORSOrigins, RateLimit: s.config.RequestsPerSecond(), SecureCookies: s.config.SecureCookies,
			TrustedProxies: s.config.TrustedProxies, HideOperations: s.config.OpsListen != ""},
	}
	s.api = api.New(deps)
	s.serve("the API", s.api, s.listener)
	if s.config.OpsListen == "" {
		return nil
	}
	listener, err := net.Listen("tcp", s.config.OpsListen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; choose another with --ops-listen", s.config.OpsListen, err)
	}
	deps.Metrics = s.metrics
	s.serve("the operations listener", api.NewOperations(deps), listener)
	return nil
}

// serve answers on a listener until the stack is released.
func (s *Server) serve(name string, server *api.Server, listener net.Listener) {
	s.serving.Go(func(ctx context.Context) {
		if err := ignoreClosed(server.Serve(listener)); err != nil && ctx.Err() == nil {
			s.failed <- fmt.Errorf("%s: %w", name, err)
		}
	})
	s.stack.Push(name, func(ctx context.Context) error {
		s.serving.Cancel()
		return server.Shutdown(ctx)
	})
}

// ready says for each thing the server needs whether it is usable.
func (s *Server) ready(ctx context.Context) map[string]error {
	return map[string]error{"database": s.db.Ping(ctx), "executions": s.exec.Ready(ctx)}
}

func (s *Server) system() api.System {
	c := s.driver.Capabilities()
	return api.System{Version: s.version, IsolationDriver: c.Name, IsolationLevel: c.Level.String(), IsolationSummary: c.Summary, Fallbacks: c.Fallbacks}
}

// URL is where the server answers.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Wait returns when ctx ends, or with the error of a listener that ended by itself.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// Stop drains and releases everything: calls in flight finish, as far as ctx allows.
func (s *Server) Stop(ctx context.Context) error {
	err := s.stack.Release(ctx)
	return errors.Join(err, s.serving.Stop(ctx))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
