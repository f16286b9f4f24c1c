package live

import (
	"slices"
	"strings"
	"testing"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

// requests are written as connection:verb, with a + if they name the list.
func requests(t *testing.T, text string) (all []proxy.Request) {
	t.Helper()
	for word := range strings.FieldsSeq(text) {
		conn, verb, _ := strings.Cut(word, ":")
		verb, names := strings.CutSuffix(verb, "+")
		request := proxy.Request{Conn: uint64(conn[0] - '0'), Request: wire.Request{Protocol: wire.RESP, Args: [][]byte{[]byte(verb), []byte("other")}}}
		if names {
			request.Args = append(request.Args, []byte("list"))
		}
		if request.Verb() != verb {
			t.Fatalf("%s is read as %q", word, request.Verb())
		}
		all = append(all, request)
	}
	return all
}

func TestTheNextWriteIsStruckOnce(t *testing.T) {
	for _, c := range []struct {
		requests string
		struck   []int // which of them
	}{
		{"1:GETBIT 1:LPUSH+", []int{1}},
		{"1:LPUSH+ 2:LPUSH+ 2:EVALSHA+", []int{0}}, // the first was cut
		{"1:MULTI 1:LPUSH+ 1:SETBIT 1:EXEC", []int{3}},
		{"1:MULTI 1:GETBIT 1:LLEN+ 1:EXEC 1:EVALSHA+", []int{4}}, // what only reads is no write
		{"1:MULTI 1:LPUSH+ 1:DISCARD 1:EXEC 1:RPUSH+", []int{4}},
		{"1:MULTI 2:LPUSH+ 1:LPUSH+ 1:EXEC", []int{1}},
		{"1:EVALSHA+ 1:EVAL+", []int{0, 1}}, // who goes on on the same connection was refused
		{"1:EVALSHA+ 1:GET 2:EVALSHA+", []int{0, 2}},
		{"1:LPUSH 1:EVAL 1:SET 1:RENAME+", []int{3}}, // of other keys
		{"1:LRANGE+ 1:WATCH+ 1:LLEN+", nil},
		{"1:XGROUP+ 1:XREADGROUP+ 1:XLEN+ 1:XADD+", []int{3}},
	} {
		rule := next(writesTo(listTarget("list")), proxy.CutAfter)
		var struck []int
		for i, r := range requests(t, c.requests) {
			if rule(r) != proxy.Forward {
				struck = append(struck, i)
			}
		}
		if !slices.Equal(struck, c.struck) {
			t.Errorf("%s: struck are %v, want %v", c.requests, struck, c.struck)
		}
	}
}

// listTarget is one list.
func listTarget(name string) target.Target { return targetOf(target.Spec{}, name) }

func targetOf(spec target.Spec, list string) target.Target {
	t, err := spec.Of(worker.Contract{List: list, Workers: 2, Chunks: 2})
	if err != nil {
		panic(err)
	}
	return t
}
