package redismodel

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onceover/sim/modeltest"
)

var verification = modeltest.Flags(modeltest.Units{
	Server: "Redis", One: "command", Many: "commands", Run: "conversation", Runs: "conversations",
})

// TestModelAnswersAsARealServer compares random conversations byte for byte.
// -verify=100000 lists the classes of what differs.
func TestModelAnswersAsARealServer(t *testing.T) {
	addr := realAddress(t)
	if verification.On() {
		verification.Runs(t, func(t *rapid.T) { verify(t, addr) })
		return
	}
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		p, err := hold(t, addr, false)
		if err != nil {
			t.Fatal(err)
		}
		compared += p.compared
	})
	t.Logf("%d commands compared", compared)
	if compared == 0 {
		t.Fatal("nothing was compared")
	}
}

// hold draws a conversation and holds it with both servers, up to the first
// difference.
func hold(t *rapid.T, addr string, verifies bool) (*pair, error) {
	bursts := rapid.SliceOfN(genBurst, 30, 60).Draw(t, "bursts")
	p, err := newPair(addr)
	if err != nil {
		t.Fatalf("real server: %v", err)
	}
	defer p.close()
	p.verifies = verifies
	for _, b := range bursts {
		if err := p.run(b); err != nil {
			return p, err
		}
	}
	return p, nil
}

// verify tallies a conversation.
func verify(t *rapid.T, addr string) {
	p, err := hold(t, addr, true)
	verification.Compare(p.compared)
	for _, what := range p.refused {
		verification.Refuse(what)
	}
	var d *difference
	var r *refusal
	switch {
	case err == nil:
	case errors.As(err, &d):
		verification.Differ(d.class(), d.example())
	case errors.As(err, &r):
		for _, what := range r.what {
			verification.Refuse(what)
		}
	default:
		t.Fatal(err)
	}
}

// difference is a command that a real server answers in another way.
type difference struct {
	conn        int
	args, queue []string // queue: what an EXEC executes
	real, model string
	state       string
}

func (d *difference) Error() string {
	return fmt.Sprintf("%d> %q %q\n real: %q\nmodel: %q\nstate:\n%s", d.conn, d.args, d.queue, d.real, d.model, d.state)
}

func (d *difference) class() modeltest.Class {
	of := strings.ToLower(d.args[0])
	if cmd := resolve(commands, bytesOf(d.args...)); cmd != nil {
		of = cmd.name
	}
	real, model := replyKind(d.real), replyKind(d.model)
	headReal, _, _ := strings.Cut(d.real, "\r")
	headModel, _, _ := strings.Cut(d.model, "\r")
	switch {
	case real != model:
		return modeltest.Class{Of: of, Difference: model + " where a real server has " + real}
	case real == "array" && headReal != headModel:
		return modeltest.Class{Of: of, Difference: "array of another length"}
	}
	return modeltest.Class{Of: of, Difference: "another " + real}
}

func (d *difference) example() string {
	real, model := modeltest.Around(d.real, d.model)
	return fmt.Sprintf("%d> %q %q real: %s model: %s", d.conn, d.args, d.queue, real, model)
}

// replyKind tells integers from strings, and errors of one code from those of another.
func replyKind(reply string) string {
	line, _, complete := strings.Cut(reply, "\r\n")
	if !complete {
		return cmp.Or(strings.TrimSpace(line), "nothing") // what happened instead of a reply
	}
	switch {
	case line == "$-1" || line == "*-1" || line == "_":
		return "null"
	case line[0] == '-':
		code, _, _ := strings.Cut(line[1:], " ")
		return "error " + code
	case line[0] == '+':
		return "status " + line[1:]
	}
	return replyKinds[line[0]]
}

var replyKinds = map[byte]string{
	':': "integer", '$': "string", '=': "string", '*': "array", '%': "map", '~': "set", '#': "boolean", ',': "double",
}

// refusal is a command that the model does not know.
type refusal struct{ args, what []string }

func (r *refusal) Error() string { return fmt.Sprintf("%q: unsupported %q", r.args, r.what) }

// queue names the commands that wait for EXEC on a connection.
func (p *pair) queue(conn int) (names []string) {
	i, ok := p.models[0].index(p.ids[conn])
	if !ok {
		return nil
	}
	for _, q := range p.models[0].conns[i].queue {
		names = append(names, q.cmd.name)
	}
	return names
}

// answer is the model's. Where others are counted, a panic is one too.
func (p *pair) answer(m *Server, conn int, now time.Duration, args []string) (reply string) {
	if p.verifies {
		defer func() {
			if r := recover(); r != nil {
				reply = fmt.Sprintf("panic: %v", r)
			}
		}()
	}
	return string(m.Do(p.ids[conn], now, bytesOf(args...), nil))
}
