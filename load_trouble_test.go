package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"onceover/loader"
	"onceover/loader/lock"
)

// saying is a server that says something to each client, and closes the connection.
func saying(t *testing.T, text string) string {
	t.Helper()
	return listen(t, func(client net.Conn) {
		io.WriteString(client, text)
		client.Close()
	})
}

// listen serves each connection that comes, until the test ends, and returns the address.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(client)
		}
	}()
	return listener.Addr().String()
}

// Redis says why it closes a connection, and go-redis does not pass that on.
func TestLoadSaysWhyRedisClosesConnections(t *testing.T) {
	const denied = "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface.\r\n"
	greeter := saying(t, "")
	for answer, want := range map[string]struct {
		code       int
		error, try string
	}{
		denied:                                   {17, `Redis is in protected mode, .*`, `a password .*`},
		"-ERR max number of clients reached\r\n": {23, `Redis has as many clients as it takes: max number of clients reached`, `.* maxclients`},
		"":                                       {69, `cannot reach Redis: .*`, `is it running, .* TLS .*protected mode.*maxclients.*`},
	} {
		env := []string{"REDIS_URL=redis://" + saying(t, answer), "MYSQL_DSN=me@tcp(" + greeter + ")/shop"}
		e := complete(t, command(t, env, "load", "--table", "orders", "--list", "target"))
		e.want(t, want.code)
		wantLine(t, e.stderr, "error: ", want.error)
		wantLine(t, e.stderr, "try: ", want.try)
	}
}

func TestThatTheSameCommandGoesOnIsSaidWhereItDoes(t *testing.T) {
	safe, risky := lock.Default(), lock.None
	const goesOn, mended = "; the same command goes on from there", "; once that is mended, the same command goes on from what Redis then holds"
	for err, want := range map[error]string{
		context.Canceled: "; nothing goes on from there, since the snapshot ends with this command: --reset begins the job anew",
		&loader.Error{Problem: loader.SnapshotLost, Err: mysql.ErrInvalidConn}: "", // the error says it
	} {
		if got := (&load{strategy: safe, c: loadCmd{Snapshot: true}}).next(err); got != want {
			t.Errorf("of a snapshot, %v: %q, want %q", err, got, want)
		}
	}
	for _, tc := range []struct {
		strategy lock.Strategy
		err      error
		want     string
	}{
		{safe, context.Canceled, goesOn},
		{safe, fmt.Errorf("read: %w", context.Canceled), goesOn},
		{safe, &loader.Error{Problem: loader.Unreachable}, mended},
		{safe, &loader.Error{Problem: loader.AccessDenied}, mended},
		{safe, &loader.Error{Problem: loader.Unready}, mended},
		{safe, &loader.Error{Problem: loader.Limited}, mended},
		{safe, &loader.Error{Problem: loader.TooLarge}, mended},
		{safe, &loader.Error{Problem: loader.Unfit}, mended},
		{safe, io.EOF, mended},
		{safe, lock.ErrUncommitted, mended},
		{safe, &loader.Error{Problem: loader.TableChanged}, ""},
		{safe, &loader.Error{Problem: loader.ListChanged}, ""},
		{safe, &loader.Error{Problem: loader.ForeignPlan}, ""},
		{safe, &loader.Error{Problem: loader.NoTable}, ""},
		{safe, &loader.Error{Problem: loader.WrongListType}, ""},
		{safe, &loader.Error{Problem: loader.BadText}, ""},
		{safe, &loader.Error{Problem: loader.Evicts}, ""},
		{safe, lock.ErrPlanGone, ""}, // it would load all of it again
		{safe, errors.New("something else"), ""},
		{safe, &mysql.MySQLError{Number: 1064}, ""},
		{risky, context.Canceled, "; to go on may lose or duplicate rows, since strategy none is not safe"},
		{risky, &loader.Error{Problem: loader.TableChanged}, ""},
	} {
		if got := (&load{strategy: tc.strategy}).next(tc.err); got != tc.want {
			t.Errorf("%s, %v: %q, want %q", tc.strategy.Name, tc.err, got, tc.want)
		}
	}
}

// A trouble is told once, and another one is told, too.
func TestEachKindOfTroubleIsToldOnce(t *testing.T) {
	var out strings.Builder
	l := &load{s: streams{stderr: &out}, g: &cli{}, c: loadCmd{Patience: time.Minute}}
	for range 3 {
		for _, what := range []string{"Redis is a replica", "its memory is full"} {
			l.tell(&loader.Error{Problem: loader.Unready, What: what, Err: fmt.Errorf("chunk %d", out.Len())}, time.Second)
		}
	}
	if got := out.String(); strings.Count(got, "\n") != 2 || strings.Count(got, "replica") != 1 {
		t.Errorf("it says\n%s", got)
	}
}
