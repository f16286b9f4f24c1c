package redismodel

import (
	"slices"
	"strings"
)

// Pseudo keys in a Footprint, for state that is not in a key.
const (
	ClientsKey = "\x00clients" // the list of connections and their names
	ScriptsKey = "\x00scripts" // the script cache
	MemoryKey  = "\x00memory"  // used memory, where a limit is set
	RandomKey  = "\x00random"  // what math.random draws next
)

// Footprint is what a command may touch. Two commands of different connections
// whose footprints do not overlap, except in what both only read, can change
// places without changing any reply or the state.
//
// Not in it: connecting and disconnecting, which write ClientsKey.
type Footprint struct {
	Reads, Writes []string
	// All: may read and write any key, and more than keys.
	All bool
	// Clock: the effect depends on when the command runs. Besides, every
	// command on a key with a time to live depends on the time.
	Clock bool
}

// keySpec says where a command's keys stand, as in COMMAND INFO.
type keySpec struct{ first, last, step int }

var (
	firstKey    = keySpec{1, 1, 1}
	everyKey    = keySpec{1, -1, 1}
	countedKeys = keySpec{first: -1} // numkeys key [key ...], after the script
	streamKeys  = keySpec{first: -2} // STREAMS key [key ...] id [id ...]
)

func (k keySpec) of(args [][]byte) [][]byte {
	switch k.first {
	case 0:
		return nil
	case countedKeys.first:
		if n, msg := numKeys(args); msg == "" {
			return args[3 : 3+n]
		}
		return nil
	case streamKeys.first:
		for i := range args {
			if is(args[i], "STREAMS") {
				rest := args[i+1:]
				return rest[:len(rest)/2]
			}
		}
		return nil
	}
	last := k.last
	if last < 0 {
		last += len(args)
	}
	var keys [][]byte
	for i := k.first; i <= last && i < len(args); i += k.step {
		keys = append(keys, args[i])
	}
	return keys
}

// CommandFootprint returns the footprint of a command on any connection. A
// script is taken to write all the keys that it is given, so scripts that
// touch keys they are not given must not be used with it. That EVALSHA draws a
// random number is not known here. EXEC is All: see Server.Footprint.
func CommandFootprint(args [][]byte) Footprint {
	if len(args) == 0 {
		return Footprint{}
	}
	cmd := resolve(commands, args)
	if cmd == nil {
		return Footprint{All: true, Clock: true}
	}
	if !cmd.accepts(len(args)) {
		return Footprint{}
	}
	return cmd.footprint(args)
}

func (cmd *command) footprint(args [][]byte) Footprint {
	f := Footprint{All: cmd.flags&allKeys != 0, Clock: cmd.flags&clock != 0}
	for _, k := range cmd.keys.of(args) {
		if cmd.flags&write != 0 {
			f.Writes = append(f.Writes, string(k))
		} else {
			f.Reads = append(f.Reads, string(k))
		}
	}
	switch {
	case cmd.flags&naming != 0:
		f.Writes = append(f.Writes, ClientsKey)
	case cmd.flags&clients != 0:
		f.Reads = append(f.Reads, ClientsKey)
	}
	switch name := cmd.name; {
	case strings.HasPrefix(name, "evalsha"), name == "script|exists":
		f.Reads = append(f.Reads, ScriptsKey)
	case strings.HasPrefix(name, "eval"), strings.HasPrefix(name, "script|"):
		f.Writes = append(f.Writes, ScriptsKey)
	}
	if strings.HasPrefix(cmd.name, "eval") && draws(string(args[1])) {
		f.Writes = append(f.Writes, RandomKey)
	}
	switch {
	case cmd.name == "set" && slices.ContainsFunc(args[3:], new(setOptions).unitOf):
		f.Clock = true
	case cmd.name == "hello" && len(args) > 2:
		f.Writes = append(f.Writes, ClientsKey) // SETNAME
	}
	return f
}

// Footprint is CommandFootprint with what this connection's state adds: a
// command that is only queued touches nothing, and EXEC touches what was queued
// and watched. With a memory limit every write also counts as one of MemoryKey,
// and where the policy evicts, every command is All.
func (s *Server) Footprint(id ConnID, args [][]byte) Footprint {
	i, ok := s.index(id)
	if !ok || len(args) == 0 {
		return Footprint{}
	}
	c, cmd := s.conns[i], resolve(s.table, args)
	var f Footprint
	switch {
	case cmd == nil || !cmd.accepts(len(args)):
		f = CommandFootprint(args)
	case cmd.name == "exec":
		f = s.execFootprint(c)
	case c.multi && cmd.flags&immediate == 0:
		f = c.watchFootprint()
	case (cmd.name == "eval" || cmd.name == "eval_ro") && s.scripts[shaOf(args[1])] != nil:
		f = cmd.footprint(args)
		f.Writes = slices.DeleteFunc(f.Writes, func(k string) bool { return k == ScriptsKey })
		f.Reads = append(f.Reads, ScriptsKey)
	default:
		f = s.footprint(cmd, args)
	}
	if s.config.maxmemory > 0 {
		switch {
		case s.config.policy != noEviction:
			f.All = true
		case f.All || len(f.Writes) > 0:
			f.Writes = append(f.Writes, MemoryKey)
		case c.multi:
			f.Reads = append(f.Reads, MemoryKey)
		}
	}
	return f
}

// footprint knows of EVALSHA whether its script draws random numbers; one that is
// yet to be loaded may. All fields of CLIENT LIST tell of whatever others did.
func (s *Server) footprint(cmd *command, args [][]byte) Footprint {
	f := cmd.footprint(args)
	f.All = f.All || cmd.flags&clients != 0 && !s.opts.NamesOnly
	if strings.HasPrefix(cmd.name, "evalsha") {
		if sc := s.scripts[strings.ToLower(string(args[1]))]; sc == nil || sc.draws {
			f.Writes = append(f.Writes, RandomKey)
		}
	}
	return f
}

// watchFootprint: whether a command is queued, and what EXEC does, depends on
// the watched keys.
func (c *conn) watchFootprint() (f Footprint) {
	for _, w := range c.watched {
		f.Reads = append(f.Reads, w.key)
	}
	return f
}

func (s *Server) execFootprint(c *conn) Footprint {
	f := c.watchFootprint()
	if !c.multi || c.dirtyExec || c.dirtyCAS {
		return f
	}
	for _, q := range c.queue {
		g := s.footprint(q.cmd, q.args)
		f.Reads = append(f.Reads, g.Reads...)
		f.Writes = append(f.Writes, g.Writes...)
		f.All = f.All || g.All
		f.Clock = f.Clock || g.Clock
	}
	return f
}
