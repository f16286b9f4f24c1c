package lockstep

import (
	"regexp"
	"slices"
	"strings"

	"onceover/faults/wire"
	"onceover/sim"
)

// private are the commands of Redis that only their own connection notices. They are
// passed on at once.
var private = []string{
	"HELLO", "AUTH", "SELECT", "PING", "ECHO", "QUIT", "RESET", "READONLY", "READWRITE", "COMMAND", "INFO", "TIME",
	"UNWATCH", "DISCARD", "ASKING",
}

// privateClient are those of CLIENT. The name and the list of connections are not among
// them: a program may use them as its lock.
var privateClient = []string{"SETINFO", "GETNAME", "ID", "TRACKING", "NO-EVICT", "NO-TOUCH", "MAINT_NOTIFICATIONS", "HELP", "CACHING"}

// privateRedis tells whether nobody but its own connection notices a command of Redis.
func privateRedis(args [][]byte) bool {
	verb := word(args, 0)
	if verb == "CLIENT" {
		return slices.Contains(privateClient, word(args, 1))
	}
	return slices.Contains(private, verb)
}

func word(args [][]byte, i int) string {
	if i >= len(args) {
		return ""
	}
	return strings.ToUpper(string(args[i]))
}

// Statements of MySQL are told apart by their effect on others. A SELECT that does not lock is
// a read; all that is not known counts as a write, and so do several statements in one.
var (
	locking  = regexp.MustCompile(`(?i)\bFOR\s+(UPDATE|SHARE)\b|\bLOCK\s+IN\s+SHARE\b|\b(GET|RELEASE|RELEASE_ALL|IS_FREE|IS_USED)_LOCKS?\b|\bINTO\b|\bSLEEP\b`)
	reading  = regexp.MustCompile(`(?i)^(SELECT|WITH|SHOW|EXPLAIN|DESCRIBE|DESC|CHECKSUM)\b`)
	ofItself = regexp.MustCompile(`(?i)^(SET\s+(NAMES|CHARACTER|AUTOCOMMIT|@@|SESSION|TRANSACTION|SQL_MODE|TIME_ZONE)|USE\b|BEGIN\b|START\s+TRANSACTION\b)`)
	settings = regexp.MustCompile(`(?i)^SELECT\s+(@@|VERSION\(|DATABASE\(|CONNECTION_ID\(|1\b)`)
	table    = regexp.MustCompile(`(?i)\bFROM\b`)
	writing  = regexp.MustCompile(`(?i)\b(UPDATE|DELETE|INSERT|REPLACE)\b`)
	with     = regexp.MustCompile(`(?i)^WITH\b`)
	snapshot = regexp.MustCompile(`(?i)\bCONSISTENT\s+SNAPSHOT\b`)
)

// deed is what a message to MySQL does.
type deed uint8

const (
	unnoticed deed = iota // by others
	reads
	changes
)

// deedOf is what a message to MySQL does.
func deedOf(r wire.Request) deed {
	if r.Handshake || r.Silent {
		return unnoticed
	}
	switch r.Cmd {
	case wire.ComQuery, wire.ComStmtExecute:
		return deedOfSQL(r.SQL)
	case wire.ComStmtFetch:
		return reads
	case wire.ComResetConnection, wire.ComChangeUser:
		return changes // locks are let go
	}
	return unnoticed
}

func deedOfSQL(sql string) deed {
	sql = strings.TrimRight(strings.TrimLeft(sql, " \t\r\n(;"), " \t\r\n;")
	switch {
	case strings.Contains(sql, ";"), with.MatchString(sql) && writing.MatchString(sql):
		return changes
	case ofItself.MatchString(sql) && !snapshot.MatchString(sql), settings.MatchString(sql) && !table.MatchString(sql) && !locking.MatchString(sql):
		return unnoticed
	case reading.MatchString(sql) && !locking.MatchString(sql):
		return reads
	}
	return changes
}

// request is one that waits at its proxy, or was chosen.
type request struct {
	link     *link
	commands [][][]byte // of Redis, with those of its transaction that were passed on before
	sql      string
	writes   bool // MySQL
	ord      int  // of the worker's requests; -1: not numbered yet
	op       *sim.Op

	decision decision
	reply    []byte // the beginning of it
	halved   []byte // all of it, where the client gets a part
	replied  bool   // the server has answered
	over     bool   // nothing more becomes of it
}

// answer is the beginning of the reply; false: there is none yet.
func (r *request) answer() (reply []byte, replied bool) {
	r.link.hub.mu.Lock()
	defer r.link.hub.mu.Unlock()
	return r.reply, r.replied
}

// decision is what becomes of a request.
type decision uint8

const (
	undecided decision = iota
	pass
	passAndKeep // the reply
	passAndHalve
	cutOff
)

// most of a reply that is kept to be drawn.
const mostReply = 16 << 10

// number gives the request its place among those of its worker.
func (r *request) number(worker, life, ord int) {
	r.ord = ord
	r.op = sim.ForeignOp{
		Worker: worker, Life: life, Ord: ord, Server: r.link.gate.server, Commands: r.commands, SQL: r.sql, Writes: r.writes,
	}.Op()
}

// words are the command, without its arguments: they tell requests apart that are never the
// same to the letter, since programs make up tokens.
func (r *request) words() string {
	if r.link.gate.server == sim.MySQL {
		return strings.Join(strings.Fields(wire.Request{Protocol: wire.MySQL, Cmd: wire.ComQuery, SQL: r.sql}.String()), " ")
	}
	var all []string
	for _, args := range r.commands {
		all = append(all, wire.Request{Protocol: wire.RESP, Args: args}.String())
	}
	return strings.Join(all, "; ")
}
