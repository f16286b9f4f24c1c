package redismodel

import (
	"bytes"
	"slices"
	"strings"
)

type trait uint16

const (
	write      trait = 1 << iota
	denyOOM          // refused when out of memory
	noScript         // not allowed from a script
	readOnly         // reads keys only
	clock            // the reply depends on the time
	immediate        // runs at once inside MULTI
	allKeys          // may touch any key
	clients          // reads the list of connections
	naming           // changes the list of connections
	replicates       // a script that may not write may not run it either
)

// handler executes a command whose arity is right and appends its reply.
type handler func(s *Server, c *conn, args [][]byte, out []byte) []byte

// keyHandler executes a command on what its first key holds.
type keyHandler func(s *Server, c *conn, o *object, args [][]byte, out []byte) []byte

// on handles a command on a key of one kind. Before the key it looks at the
// arguments that must be integers. Without the key it answers absent, or, where
// that is nil, runs on nil.
func on(k kind, absent func(*conn, []byte) []byte, run keyHandler, integers ...int) handler {
	return func(s *Server, c *conn, args [][]byte, out []byte) []byte {
		for _, i := range integers {
			if _, ok := parseInt(args[i]); !ok {
				return appendError(out, errNotInteger)
			}
		}
		o, ok := s.findKind(args[1], k)
		switch {
		case !ok:
			return appendError(out, errWrongType)
		case o == nil && absent != nil:
			return absent(c, out)
		}
		return run(s, c, o, args, out)
	}
}

// What commands answer without their key.
var null = (*conn).appendNull

func zero(_ *conn, out []byte) []byte        { return appendInt(out, 0) }
func okay(_ *conn, out []byte) []byte        { return appendOK(out) }
func emptyString(_ *conn, out []byte) []byte { return appendBulk(out, "") }
func emptyArray(_ *conn, out []byte) []byte  { return appendArray(out, 0) }
func emptySet(c *conn, out []byte) []byte    { return c.appendSet(out, 0) }
func emptyMap(c *conn, out []byte) []byte    { return c.appendMap(out, 0) }
func noSuchKey(_ *conn, out []byte) []byte   { return appendError(out, "ERR no such key") }

// command is one row of the table.
type command struct {
	name  string
	arity int // as in COMMAND INFO: negative is "at least"
	flags trait
	keys  keySpec
	run   handler
	subs  map[string]*command
	// missing: real subcommands that are not modelled.
	missing []string
}

func (cmd *command) accepts(n int) bool {
	if cmd.arity < 0 {
		return n >= -cmd.arity
	}
	return n == cmd.arity
}

// resolve finds a command or subcommand; nil if it is not in the table.
func resolve(table map[string]*command, args [][]byte) *command {
	var buf [24]byte
	cmd := table[string(lower(args[0], &buf))]
	if cmd == nil || cmd.subs == nil || len(args) == 1 {
		return cmd
	}
	return cmd.subs[string(lower(args[1], &buf))]
}

// process does what Redis' processCommand does, in its order: existence,
// arity, memory, queueing, execution.
func (s *Server) process(c *conn, args [][]byte, out []byte) []byte {
	cmd := resolve(s.table, args)
	if cmd == nil {
		c.lastCmd = ""
		c.dirtyExec = c.multi
		return s.unknown(args, out)
	}
	c.lastCmd = cmd.name
	if !cmd.accepts(len(args)) {
		return s.reject(c, cmd, "ERR wrong number of arguments for '"+cmd.name+"' command", out)
	}
	if s.refusing > 0 && !c.multi && !cmd.container() && s.refuses() {
		return s.reject(c, cmd, "NOPERM "+noRight(cmd), out)
	}
	if s.short() && cmd.wantsMemory(c) {
		return s.reject(c, cmd, errOOM, out)
	}
	if refused := s.refusalOf(c, cmd); refused != "" {
		return s.reject(c, cmd, refused, out)
	}
	if c.multi && cmd.flags&immediate == 0 {
		c.enqueue(cmd, args)
		return append(out, "+QUEUED\r\n"...)
	}
	return cmd.run(s, c, args, out)
}

func (cmd *command) wantsMemory(c *conn) bool {
	if cmd.name == "exec" {
		return c.queueWants
	}
	return cmd.flags&denyOOM != 0
}

func (s *Server) reject(c *conn, cmd *command, msg string, out []byte) []byte {
	c.dirtyExec = c.multi
	if cmd.name == "exec" {
		s.discard(c)
		return appendError(out, "EXECABORT Transaction discarded because of: "+strings.TrimPrefix(msg, "ERR "))
	}
	return appendError(out, msg)
}

// enqueue keeps a copy of the arguments, unless EXEC is bound to fail anyway.
func (c *conn) enqueue(cmd *command, args [][]byte) {
	if c.dirtyExec || c.dirtyCAS {
		return
	}
	c.queue = append(c.queue, queued{cmd, copyArgs(args)})
	c.queueWants = c.queueWants || cmd.flags&denyOOM != 0
	c.queueWrites = c.queueWrites || cmd.flags&write != 0
}

func copyArgs(args [][]byte) [][]byte {
	block, kept := bytes.Join(args, nil), make([][]byte, len(args))
	for i, a := range args {
		kept[i], block = block[:len(a):len(a)], block[len(a):]
	}
	return kept
}

// unknown answers a command that is not in the table: in the model's own words
// if a real server knows it, else in the server's.
func (s *Server) unknown(args [][]byte, out []byte) []byte {
	if what := s.missing(args); what != "" {
		return s.refuse(out, what)
	}
	var buf [24]byte
	if cmd := s.table[string(lower(args[0], &buf))]; cmd != nil {
		return appendError(out, "ERR unknown subcommand '"+cut(args[1], 128)+"'. Try "+strings.ToUpper(cmd.name)+" HELP.")
	}
	return appendError(out, unknownText(args))
}

// missing names a command that exists in Redis and not in the table.
func (s *Server) missing(args [][]byte) (name string) {
	var buf [24]byte
	name = string(lower(args[0], &buf))
	if cmd := s.table[name]; cmd != nil {
		sub := strings.ToLower(string(args[1]))
		if slices.Contains(cmd.missing, sub) {
			return name + " " + sub
		}
	} else if slices.Contains(missingCommands, name) {
		return name
	}
	return ""
}

func unknownText(args [][]byte) string {
	var b bytes.Buffer
	for _, a := range args[1:] {
		if b.Len() >= 128 {
			break
		}
		b.WriteString("'" + cut(a, 128-b.Len()) + "' ")
	}
	return "ERR unknown command '" + cut(args[0], 128) + "', with args beginning with: " + b.String()
}
