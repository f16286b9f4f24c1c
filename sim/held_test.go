package sim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"onceover/faults/wire/wiretest"
)

// What a server would have to keep is bounded: a giant argument that does not end, one
// that is whole, and a transaction without end. A packet of MySQL has at most 16 MiB.
func TestWhatAClientSendsIsBounded(t *testing.T) {
	filler := make([]byte, mostHeld/4)
	for name, sends := range map[string]func(i int) []byte{
		"an argument that does not end": func(i int) []byte {
			if i == 0 {
				return []byte("*2\r\n$3\r\nGET\r\n$500000000\r\n")
			}
			return filler
		},
		"all at once": func(int) []byte { return wiretest.AppendCommand(nil, "GET", strings.Repeat("k", mostHeld)) },
		"a transaction without its EXEC": func(i int) []byte {
			if i == 0 {
				return wiretest.AppendCommand(nil, "MULTI")
			}
			return wiretest.AppendCommand(nil, []byte("GET"), filler)
		},
	} {
		accepted := 0
		_, err := Prepare(Setup{Name: name, Workers: 1, Chunks: 1, Program: func(ctx context.Context, env Env) error {
			accepted = 0
			conn, err := env.Redis.Dialer(ctx, "tcp", "redis")
			if err != nil {
				return err
			}
			defer conn.Close()
			for i := range 40 {
				out := sends(i)
				if _, err := conn.Write(out); err != nil {
					return err
				}
				accepted += len(out)
			}
			return nil
		}})
		if !errors.Is(err, ErrModel) || accepted > mostHeld {
			t.Errorf("%s: %v, %d bytes were taken", name, err, accepted)
		}
	}
}

// Requests that are executed do not add up.
func TestWhatIsExecutedIsNotHeld(t *testing.T) {
	scene := prepared(t, Setup{Name: "large", Workers: 1, Chunks: 1, Program: func(ctx context.Context, env Env) error {
		conn, err := env.Redis.Dialer(ctx, "tcp", "redis")
		if err != nil {
			return err
		}
		defer conn.Close()
		for range 5 {
			out := slices.Concat(wiretest.AppendCommand(nil, "MULTI"), wiretest.AppendCommand(nil, "GET", strings.Repeat("k", mostHeld/4)), wiretest.AppendCommand(nil, "EXEC"))
			if _, err := conn.Write(out); err != nil {
				return err
			}
			if _, err := conn.Read(make([]byte, 100)); err != nil {
				return err
			}
		}
		return once(ctx, env)
	}})
	if run, err := scene.Run(First, false); err != nil {
		t.Errorf("%v: %s", err, run.Why)
	}
}
