package mysqlmodel

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/sim/modeltest"
)

var verification = modeltest.Flags(modeltest.Units{
	Server: "MySQL", One: "reply", Many: "replies", Run: "run of three connections", Runs: "runs of three connections", EnoughIsOfRuns: true,
})

// TestModelAnswersAsMySQLDoesAtRandom compares random statements over three connections, with transactions and locks.
// -verify=500 lists the classes of what differs.
func TestModelAnswersAsMySQLDoesAtRandom(t *testing.T) {
	r := openReal(t, database)
	tables := sampleTables(database)
	r.create(t, tables[2])
	if verification.On() {
		verification.Runs(t, func(t *rapid.T) { verification.Compare(talk(t, r, tables, true).compared) })
		return
	}
	compared := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := talk(rt, r, tables, false)
		if u := p.model.Unsupported(); len(u) > 0 {
			rt.Errorf("unsupported: %q", u)
		}
		compared += p.compared
	})
	t.Logf("%d replies compared", compared)
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// talk lets three connections to both servers send at random.
func talk(t *rapid.T, r *real, tables []Table, verifies bool) *pair {
	r.create(t, tables[0])
	r.create(t, tables[1])
	p := newPair(t, r, tables, 3)
	defer p.close()
	p.shown, p.verifies = math.MaxInt, verifies
	p.locking = rapid.Bool().Draw(t, "locking")
	t.Repeat(map[string]func(*rapid.T){"statement": p.step})
	return p
}

// tally compares as compare does, and counts what differs.
func (p *pair) tally(conn int, reply []byte, command byte) {
	l := p.lines[conn]
	if p.refuses(l, reply) {
		p.over = true // the real server has begun to execute it
		return
	}
	real, err := l.read(command)
	if err != nil {
		p.differ(l, "answered where a real server is silent: "+err.Error(), reply, nil)
		return
	}
	model, real := p.comparable(conn, reply, real)
	if string(model) != string(real) {
		p.differ(l, differenceOf(model, real), model, real)
	}
}

// differ counts a difference. From there on the servers are in different states.
func (p *pair) differ(l *line, how string, model, real []byte) {
	p.over = true
	verification.Differ(modeltest.Class{Of: kindOf(p.texts[l.id]), Difference: how},
		fmt.Sprintf("real: %.200s model: %.200s after %s", show(real, model), show(model, real), strings.Join(p.log[max(0, len(p.log)-lastOfLog):], "; ")))
}

// lastOfLog is how much of what was sent an example shows.
const lastOfLog = 4

// refuses counts what the model does not know, and tells whether that is so.
func (p *pair) refuses(l *line, reply []byte) bool {
	why := unsupportedReply.FindSubmatch(reply)
	if !p.verifies || why == nil {
		return false
	}
	verification.Refuse(fmt.Sprintf("%s (%s)", kindOf(p.texts[l.id]), why[1]))
	return true
}

var unsupportedReply = regexp.MustCompile(`simulated MySQL: unsupported .*\((.*)\)`)

// answer is the model's to a packet. Where others are counted, a panic is one too.
func (p *pair) answer(l *line, payload []byte) (reply []byte, state State) {
	defer p.panics(l)
	return p.model.Do(l.id, p.now, 0, payload, nil)
}

// goOn is the model's answer when a wait is over.
func (p *pair) goOn(l *line) (reply []byte, state State) {
	defer p.panics(l)
	return p.model.Resume(l.id, p.now, nil)
}

// panics is deferred.
func (p *pair) panics(l *line) {
	if !p.verifies {
		return
	}
	if r := recover(); r != nil {
		p.differ(l, fmt.Sprintf("panic: %v", r), nil, nil)
	}
}

// note keeps the text that a packet is about.
func (p *pair) note(l *line, payload []byte) {
	before := strings.TrimPrefix(p.texts[l.id], "prepared ")
	switch payload[0] {
	case comQuery:
		p.texts[l.id] = string(payload[1:])
	case comStmtPrepare:
		p.texts[l.id] = "prepared " + string(payload[1:])
	case comStmtExecute, comStmtClose:
		p.texts[l.id] = "prepared " + before
	default:
		p.texts[l.id] = fmt.Sprintf("command %d", payload[0])
	}
}

// scalarSelect is a SELECT of a function or variable.
var scalarSelect = regexp.MustCompile(`^SELECT ([@A-Z_]+)`)

// kindOf tells what a statement does: its first words, with what locks.
func kindOf(text string) string {
	sql, prepared := strings.CutPrefix(text, "prepared ")
	sql = strings.ToUpper(sql)
	words := append(strings.Fields(sql), "", "")
	kind := words[0]
	switch {
	case kind == "SELECT" && strings.Contains(sql, "FOR UPDATE"):
		kind = "SELECT " + sql[strings.Index(sql, "FOR UPDATE"):]
	case kind == "SELECT" && !strings.Contains(sql, " FROM "):
		if scalar := scalarSelect.FindStringSubmatch(sql); scalar != nil {
			kind = "SELECT " + scalar[1]
		}
	case kind == "INSERT" && strings.Contains(sql, "ON DUPLICATE KEY"):
		kind = "INSERT ON DUPLICATE KEY UPDATE"
	case kind == "SET" || kind == "SHOW" || kind == "START" || kind == "INSERT" && words[1] == "IGNORE":
		name, _, _ := strings.Cut(words[1], "=")
		kind += " " + name
	}
	if prepared {
		return "prepared " + kind
	}
	return kind
}

// differenceOf tells how two replies differ.
func differenceOf(model, real []byte) string {
	m, r := replyKind(model), replyKind(real)
	switch {
	case m != r:
		return m + " where a real server has " + r
	case m == "rows" && len(boundaries(nil, model)) != len(boundaries(nil, real)):
		return "another number of rows"
	}
	return "other bytes: " + m
}

func replyKind(reply []byte) string {
	switch {
	case len(reply) < 5:
		return "nothing"
	case reply[4] == 0xff:
		return fmt.Sprintf("error %d", binary.LittleEndian.Uint16(reply[5:]))
	case reply[4] == 0:
		return "OK"
	}
	return "rows"
}
