package redismodel

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record testdata/conversation.txt anew from the server at ONCEOVER_TEST_REDIS")

const conversationFile = "testdata/conversation.txt"

// exchange is one command of a recorded conversation with its reply.
type exchange struct {
	conn int
	args []string
	want string
}

func (e exchange) String() string {
	words := make([]string, len(e.args))
	for i, a := range e.args {
		if words[i] = a; a == "" || strings.ContainsAny(a, " \"\\\r\n\x00") || strconv.Quote(a) != `"`+a+`"` {
			words[i] = strconv.Quote(a)
		}
	}
	return fmt.Sprintf("%d> %s\n< %q\n", e.conn, strings.Join(words, " "), e.want)
}

func parseConversation(text string) (exchanges []exchange, err error) {
	for i, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '<' && len(exchanges) > 0:
			exchanges[len(exchanges)-1].want, err = strconv.Unquote(strings.TrimSpace(line[1:]))
		default:
			e := exchange{conn: int(line[0] - '0')}
			e.args, err = words(strings.TrimSpace(line[2:]))
			exchanges = append(exchanges, e)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return exchanges, nil
}

func words(text string) (out []string, err error) {
	for text != "" {
		word, rest, _ := strings.Cut(text, " ")
		if text[0] == '"' {
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, err
			}
			rest = strings.TrimPrefix(text[len(quoted):], " ")
			word, _ = strconv.Unquote(quoted)
		}
		out, text = append(out, word), rest
	}
	return out, nil
}

func readConversation(t *testing.T) []exchange {
	t.Helper()
	text, err := os.ReadFile(conversationFile)
	if err != nil {
		t.Fatal(err)
	}
	exchanges, err := parseConversation(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(exchanges) == 0 {
		t.Fatal("the conversation is empty")
	}
	return exchanges
}

// recorded makes a reply independent of the ids and addresses of connections.
func recorded(reply string, ids []ConnID, addrs []string) string {
	for i := range ids {
		reply = strings.ReplaceAll(reply, fmt.Sprintf("id=%d ", ids[i]), fmt.Sprintf("id=conn%d ", i))
		reply = strings.ReplaceAll(reply, fmt.Sprintf("$2\r\nid\r\n:%d\r\n", ids[i]), fmt.Sprintf("$2\r\nid\r\n:conn%d\r\n", i))
		reply = strings.ReplaceAll(reply, "addr="+addrs[i], fmt.Sprintf("addr=conn%d", i))
	}
	return canonical(reply, func(id string) bool { return strings.HasPrefix(id, "conn") })
}

func TestModelRepeatsTheRecordedConversation(t *testing.T) {
	s := New(Options{})
	var ids []ConnID
	var addrs []string
	for i := range pairConns {
		addrs = append(addrs, fmt.Sprintf("10.0.0.%d:1", i+1))
		ids = append(ids, s.Connect(addrs[i]))
		s.Do(ids[i], 0, bytesOf("CLIENT", "ID"), nil) // as the recording does
	}
	for _, e := range readConversation(t) {
		if got := recorded(string(s.Do(ids[e.conn], 0, bytesOf(e.args...), nil)), ids, addrs); got != e.want {
			t.Errorf("%d> %q\n got %q\nwant %q", e.conn, e.args, got, e.want)
		}
	}
	if u := s.Unsupported(); len(u) > 0 {
		t.Errorf("unsupported: %q", u)
	}
}

func TestRealServerRepeatsTheRecordedConversation(t *testing.T) {
	p, err := newPair(realAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	var addrs []string
	for _, id := range p.ids {
		i, _ := p.models[0].index(id)
		addrs = append(addrs, p.models[0].conns[i].addr)
	}
	exchanges := readConversation(t)
	for i, e := range exchanges {
		reply, err := p.real[e.conn].do(e.args...)
		if err != nil {
			t.Fatalf("%q: %v", e.args, err)
		}
		got := recorded(reply, p.ids, addrs)
		if exchanges[i].want = got; got != e.want && !*update {
			t.Errorf("%d> %q\n got %q\nwant %q", e.conn, e.args, got, e.want)
		}
	}
	if *update {
		writeConversation(t, exchanges)
	}
}

func writeConversation(t *testing.T, exchanges []exchange) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Recorded from a real Redis 8.0 by go test -update. N> is a command on connection N.\n")
	for _, e := range exchanges {
		b.WriteString(e.String())
	}
	if err := os.WriteFile(conversationFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
