package loader_test

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

// fakeNode is a node that answers by the first word of a command, and notes what it is
// asked. Without an answer it closes the connection.
type fakeNode struct {
	addr    string
	mu      sync.Mutex
	answers map[string]string
	asked   []string
}

func startFakeNode(t *testing.T) *fakeNode {
	n := &fakeNode{}
	n.addr = listen(t, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			words, err := readCommand(r)
			if err != nil {
				return
			}
			answer := n.answer(strings.ToUpper(words[0]))
			if answer == "" {
				return
			}
			fmt.Fprintf(conn, "%s\r\n", answer)
		}
	})
	return n
}

func (n *fakeNode) answer(command string) string {
	switch command {
	case "HELLO", "CLIENT":
		return "-ERR unknown command"
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, command)
	return n.answers[command]
}

func (n *fakeNode) wantAsked(t *testing.T, commands ...string) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.asked, commands) {
		t.Errorf("the node was asked %v, want %v", n.asked, commands)
	}
	n.asked = nil
}

// twoNodes are the first of which a client knows, and another.
func twoNodes(t *testing.T) (client *redis.Client, first, other *fakeNode) {
	first, other = startFakeNode(t), startFakeNode(t)
	client = loader.OpenRedis(&redis.Options{Addr: first.addr, DialerRetries: 1}, lock.LeaseLua)
	t.Cleanup(func() { client.Close() })
	return client, first, other
}

func TestMovedIsFollowedForGood(t *testing.T) {
	client, first, other := twoNodes(t)
	first.answers = map[string]string{"GET": "-MOVED 1 " + other.addr}
	other.answers = map[string]string{"GET": "+it"}
	for range 2 {
		if got, err := client.Get(t.Context(), "list").Result(); got != "it" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	first.wantAsked(t, "GET")
	other.wantAsked(t, "GET", "GET")
}

func TestAskIsFollowedOnce(t *testing.T) {
	client, first, other := twoNodes(t)
	first.answers = map[string]string{"GET": "-ASK 1 " + other.addr}
	other.answers = map[string]string{"ASKING": "+OK", "GET": "+it"}
	for range 2 {
		if got, err := client.Get(t.Context(), "list").Result(); got != "it" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	first.wantAsked(t, "GET", "GET")
	other.wantAsked(t, "ASKING", "GET", "ASKING", "GET")
}

func TestATransactionIsSentOnAsAWhole(t *testing.T) {
	for _, how := range []string{"MOVED", "ASK"} {
		client, first, other := twoNodes(t)
		refusal := "-" + how + " 1 " + other.addr
		first.answers = map[string]string{"MULTI": "+OK", "GET": refusal, "LLEN": "+QUEUED", "EXEC": "-EXECABORT Transaction discarded"}
		other.answers = map[string]string{"ASKING": "+OK", "MULTI": "+OK", "GET": "+QUEUED", "LLEN": "+QUEUED", "EXEC": "*2\r\n+it\r\n:7"}
		var it *redis.StringCmd
		var length *redis.IntCmd
		_, err := client.TxPipelined(t.Context(), func(tx redis.Pipeliner) error {
			it, length = tx.Get(t.Context(), "list"), tx.LLen(t.Context(), "list")
			return nil
		})
		if err != nil || it.Val() != "it" || it.Err() != nil || length.Val() != 7 {
			t.Errorf("%s: %v, %v, %v", how, err, it, length)
		}
		want := []string{"MULTI", "GET", "LLEN", "EXEC"}
		first.wantAsked(t, want...)
		if how == "ASK" {
			want = append([]string{"ASKING"}, want...)
		}
		other.wantAsked(t, want...)
	}
}

// Of a pipeline, what was carried out is not sent on with the rest.
func TestOnlyWhatWasRefusedIsSentOn(t *testing.T) {
	client, first, other := twoNodes(t)
	first.answers = map[string]string{"INCR": ":1", "GET": "-MOVED 1 " + other.addr}
	other.answers = map[string]string{"GET": "+it"}
	if _, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		p.Incr(t.Context(), "list")
		p.Get(t.Context(), "list")
		return nil
	}); err != nil {
		t.Error(err)
	}
	first.wantAsked(t, "INCR", "GET")
	other.wantAsked(t, "GET")
}

// Whether a command was carried out whose reply is lost, nobody knows but its sender.
func TestWhatMayHaveBeenDoneIsNotSentAgain(t *testing.T) {
	for _, how := range []string{"MOVED", "ASK"} {
		client, first, other := twoNodes(t)
		first.answers = map[string]string{"EVALSHA": "-" + how + " 1 " + other.addr}
		other.answers = map[string]string{"ASKING": "+OK"} // and no answer to what follows
		if err := client.EvalSha(t.Context(), "sha", []string{"list"}).Err(); err == nil {
			t.Errorf("%s: no error", how)
		}
		first.wantAsked(t, "EVALSHA")
		want := []string{"EVALSHA"}
		if how == "ASK" {
			want = []string{"ASKING", "EVALSHA"}
		}
		other.wantAsked(t, want...)
	}
}

func TestNodesThatDoNotAgreeAreNotFollowedForEver(t *testing.T) {
	client, first, other := twoNodes(t)
	first.answers = map[string]string{"GET": "-MOVED 1 " + other.addr}
	other.answers = map[string]string{"GET": "-MOVED 1 " + first.addr}
	if err := client.Get(t.Context(), "list").Err(); !redis.HasErrorPrefix(err, "MOVED") {
		t.Errorf("%v, want the last answer", err)
	}
}
