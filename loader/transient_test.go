package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// refusal is an answer of Redis.
type refusal string

func (r refusal) Error() string { return string(r) }
func (refusal) RedisError()     {}

var _ redis.Error = refusal("")

func TestTransientErrors(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{io.EOF, true},
		{io.ErrUnexpectedEOF, true},
		{net.ErrClosed, true},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		{context.DeadlineExceeded, true},
		{driver.ErrBadConn, true},
		{sql.ErrConnDone, true},
		{mysql.ErrInvalidConn, true},
		{errTorn, true},
		{errForgotten, true},
		{lock.ErrUncommitted, true},
		{lock.ErrPlanGone, true},
		{&mysql.MySQLError{Number: 1040}, true},
		{&mysql.MySQLError{Number: 1053}, true},
		{&mysql.MySQLError{Number: 1205}, true},
		{&mysql.MySQLError{Number: 1213}, true},
		{&mysql.MySQLError{Number: 1317}, true},
		{&mysql.MySQLError{Number: 4031}, true},
		{&mysql.MySQLError{Number: 3032}, true},
		{refusal("LOADING Redis is loading the dataset in memory"), true},
		{refusal("READONLY You can't write against a read only replica."), true},
		{refusal("MASTERDOWN Link with MASTER is down"), true},
		{refusal("CLUSTERDOWN The cluster is down"), true},
		{refusal("TRYAGAIN Multiple keys request during rehashing of slot"), true},
		{refusal("NOREPLICAS Not enough good replicas to write."), true},
		{refusal("BUSY Redis is busy running a script."), true},
		{refusal("OOM command not allowed when used memory > 'maxmemory'."), true},
		{refusal("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."), true},
		{refusal("ERR max number of clients reached"), true},

		{nil, false},
		{context.Canceled, false},
		{fmt.Errorf("%w: %w", context.Canceled, io.EOF), false},
		{errors.New("something else"), false},
		{redis.Nil, false},
		{&mysql.MySQLError{Number: 1045}, false},
		{&mysql.MySQLError{Number: 1146}, false},
		{refusal("WRONGTYPE Operation against a key holding the wrong kind of value"), false},
		{refusal("NOAUTH Authentication required."), false},
		{refusal("ERR unknown command"), false},
		{refusal("NOSCRIPT No matching script."), false},
	} {
		if got := transient(tc.err); got != tc.want {
			t.Errorf("transient(%v) = %t", tc.err, got)
		}
		if wrapped := fmt.Errorf("commit chunk 1: %w", tc.err); tc.err != nil && transient(wrapped) != tc.want {
			t.Errorf("transient(%v) = %t", wrapped, !tc.want)
		}
	}
}

func TestProblemsOfRedis(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want Problem
	}{
		{refusal("WRONGPASS invalid username-password pair or user is disabled."), AccessDenied},
		{refusal("NOAUTH Authentication required."), AccessDenied},
		{refusal("ERR AUTH <password> called without any password configured for the default user."), AccessDenied},
		{refusal("ERR invalid password"), AccessDenied}, // before Redis 6
		{io.EOF, Unreachable},
		{refusal("ERR unknown command"), 0},
	} {
		err := redisProblem(tc.err)
		var problem *Error
		if errors.As(err, &problem) != (tc.want != 0) || problem != nil && problem.Problem != tc.want {
			t.Errorf("%v becomes %v, want problem %d", tc.err, err, tc.want)
		}
		if !errors.Is(err, tc.err) {
			t.Errorf("%v does not lead back to %v", err, tc.err)
		}
	}
}
