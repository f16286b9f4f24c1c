package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// errForgotten says that the strategy saw all chunks marked, and that some are
// not marked any more.
var errForgotten = errors.New("loader: Redis has forgotten chunks that were marked")

// transient tells whether it makes sense to try again after an error: the
// server is away, starting up, or too busy, and may come back.
func transient(err error) bool {
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.Is(err, lock.ErrUncommitted), errors.Is(err, lock.ErrPlanGone), errors.Is(err, errTorn),
		errors.Is(err, errForgotten):
		return true
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, context.DeadlineExceeded):
		return true
	case disconnected(err):
		return true
	}
	return slices.Contains(passingNumbers, mysqlNumber(err)) ||
		slices.ContainsFunc(passingPrefixes, func(p string) bool { return redis.HasErrorPrefix(err, p) })
}

var passingNumbers = []uint16{
	erTooManyConnections, erServerShutdown, erLockWaitTimeout, erDeadlock,
	erQueryInterrupted, erClientInteraction, erServerIsInOfflineRun,
}

// Answers with which Redis refused a command that it did not begin. go-redis
// compares after it has cut off "ERR ".
var passingPrefixes = []string{
	"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS",
	"BUSY", "OOM", "MISCONF", "max number of clients reached",
}
