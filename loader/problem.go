package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"

	"onceover/loader/lock"
)

// Problem is a kind of bad input or bad surroundings that a user can mend.
type Problem int

const (
	NoTable       Problem = iota + 1 // the table does not exist
	NoKey                            // nothing by which the table can be cut
	NoColumn                         // a column that was named does not exist
	WrongListType                    // the list's key, or one beside it, holds something else
	ForeignPlan                      // Redis holds the plan or the bitmap of another job
	BadChunkSize                     // outside the range
	TooManyChunks                    // more than a job may have
	Unreachable                      // a server does not answer
	AccessDenied                     // a server refuses the user or the password
	BadJob                           // a name is missing or malformed
	TableChanged                     // the table is not what the plan was made of
	ListChanged                      // the list has not what was pushed
	Evicts                           // a Redis that may throw away what it holds
	TooOld                           // a server of a version that lacks what is needed
	BadText                          // a value that cannot be written as text
	Unready                          // a server that does not do its work at present
	Limited                          // a limit that no wait lifts
	TooLarge                         // a row, or a chunk, that a server does not take
	Unfit                            // a server or a table that is not for a load
	Differs                          // a list that is not what its table holds
	SnapshotLost                     // the one snapshot in which the table was read
)

// Error tells what is wrong and what to do about it.
type Error struct {
	Problem Problem
	What    string
	Try     string // a cure, may be empty
	Err     error  // the cause, may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.What, e.Err)
	}
	return e.What
}

func (e *Error) Unwrap() error { return e.Err }

// MySQL's error numbers, from its reference manual.
const (
	erAccessDenied         = 1045
	erDBAccessDenied       = 1044
	erTableAccessDenied    = 1142
	erUnknownColumn        = 1054
	erColumnAccessDenied   = 1143
	erUnknownVariable      = 1193
	erTableDefChanged      = 1412
	erNoDatabaseSelected   = 1046
	erUnknownDatabase      = 1049
	erNoSuchTable          = 1146
	erTooManyConnections   = 1040
	erServerShutdown       = 1053
	erLockWaitTimeout      = 1205
	erDeadlock             = 1213
	erQueryInterrupted     = 1317
	erClientInteraction    = 4031 // closed for inactivity
	erServerIsInOfflineRun = 3032
)

func tableProblem(job Job, err error) error {
	switch mysqlNumber(err) {
	case erNoSuchTable, erUnknownDatabase, erNoDatabaseSelected:
		return &Error{Problem: NoTable, What: "there is no table " + job.Table, Err: err,
			Try: "SHOW TABLES; a table of another database is written database.table"}
	case erTableAccessDenied, erColumnAccessDenied:
		return &Error{Problem: AccessDenied, What: "MySQL denies this user the table " + job.Table + ", or a column of it", Err: err,
			Try: "GRANT SELECT on the whole table, or --columns with those that the user may read"}
	}
	return mysqlProblem(err)
}

func tableAltered(job Job, how string) error {
	return &Error{Problem: TableChanged, What: fmt.Sprintf("table %s was altered since the job began: %s", job.Table, how),
		Try: "alter it back; or " + job.startAnew()}
}

func mysqlProblem(err error) error {
	if errors.Is(err, errSnapshotEnded) {
		return snapshotLost(err)
	}
	if m, known := meaningOf(err); known {
		return m.of(err)
	}
	if problem := tlsProblem("MySQL", err); problem != nil {
		return problem
	}
	if disconnected(err) {
		return &Error{Problem: Unreachable, What: "cannot reach MySQL", Err: err,
			Try: "is it running, and is the address right?"}
	}
	return err
}

func mysqlNumber(err error) uint16 {
	var answer *mysql.MySQLError
	if errors.As(err, &answer) {
		return answer.Number
	}
	return 0
}

// NoRedis is what is said of a connection to Redis that fails.
const NoRedis = "cannot reach Redis"

func redisProblem(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	if m, known := meaningOf(err); known {
		return m.of(err)
	}
	if problem := tlsProblem("Redis", err); problem != nil {
		return problem
	}
	var named *nodeError
	if errors.As(err, &named) && disconnected(err) {
		return &Error{Problem: Unreachable, What: NoRedis, Err: err,
			Try: "is that node running? If it is, it has to announce an address that can be reached from here (cluster-announce-ip, cluster-announce-port; with Sentinel replica-announce-ip)"}
	}
	if Closed(err) {
		return &Error{Problem: Unreachable, What: NoRedis, Err: err,
			Try: "is it running, is the address right, and does it want TLS (rediss://)? In protected mode, and with as many clients as it takes (maxclients), Redis closes connections, too"}
	}
	if disconnected(err) {
		return &Error{Problem: Unreachable, What: NoRedis, Err: err,
			Try: "is it running, and is the address right?"}
	}
	if err != nil && strings.Contains(err.Error(), "redis: invalid reply") { // go-redis has no value for it
		return &Error{Problem: Unreachable, What: "what answers does not speak as Redis does", Err: err,
			Try: "is the address that of a Redis, and not of another service?"}
	}
	return err
}

// disconnected tells whether an error came from the connection, not from the
// server behind it.
func disconnected(err error) bool {
	var network net.Error
	return errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, mysql.ErrInvalidConn)
}

// Closed tells whether the other side has closed a connection.
func Closed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// errForgotten says that the strategy saw all chunks marked, and that some are
// not marked any more.
var errForgotten = errors.New("loader: Redis has forgotten chunks that were marked")

// transient tells whether it makes sense to try again after an error: the
// server is away, starting up, or too busy, and may come back.
func transient(err error) bool {
	switch {
	case errors.Is(err, context.Canceled), final(err):
		return false
	case errors.Is(err, lock.ErrUncommitted), errors.Is(err, lock.ErrPlanGone), errors.Is(err, errTorn),
		errors.Is(err, errForgotten):
		return true
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, context.DeadlineExceeded):
		return true
	case disconnected(err):
		return true
	}
	m, _ := meaningOf(err)
	return m.passes
}

// final tells whether an error ends a load, whatever it came of.
func final(err error) bool {
	var known *Error
	return errors.As(err, &known) && slices.Contains([]Problem{TooLarge, TableChanged, SnapshotLost}, known.Problem)
}
