package app

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"
)

const (
	cleanUpEvery = 10 * time.Minute
	// cleanUpAfter is how long an expired session, the code of a deleted function and the mark of a deleted account are kept: what still works with them is over by then.
	cleanUpAfter = time.Hour
	// cleanUpStep is how many rows go in one transaction, so that nothing waits for it.
	cleanUpStep = 500
	// compactStep is how many of the small transactions that compact statistics follow a look for what is due.
	compactStep = 100
)

// compactStats makes old statistics cheap to keep and to read.
func (s *Server) compactStats(ctx context.Context) error {
	for {
		if n, err := s.db.CompactStats(ctx, time.Now(), compactStep); n == 0 || err != nil {
			return err
		}
	}
}

// cleanUp removes what nobody can reach any more: expired sessions, executions of deleted accounts, and the code of deleted
// functions whose executions are gone. It compacts statistics too.
func (s *Server) cleanUp(ctx context.Context) {
	if err := errors.Join(s.cleanUpOnce(ctx, time.Now().Add(-cleanUpAfter)), s.compactStats(ctx)); err != nil && ctx.Err() == nil {
		s.log.Warn("cleaning up did not finish; it is tried again", zap.Error(err), zap.Duration("in", cleanUpEvery))
	}
}

func (s *Server) cleanUpOnce(ctx context.Context, before time.Time) error {
	var errs []error
	for _, prune := range []func(context.Context, time.Time, int) (int, error){s.db.PruneSessions, s.db.PruneDeletedUsers, s.db.PruneCode} {
		for {
			n, err := prune(ctx, before, cleanUpStep)
			if err != nil {
				errs = append(errs, err)
			}
			if err != nil || n < cleanUpStep {
				break
			}
		}
	}
	return errors.Join(errs...)
}
