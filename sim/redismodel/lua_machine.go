package redismodel

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

const chunkName = "user_script"

// script is a compiled script. It is shared by all servers of the process:
// what is compiled is immutable and safe for concurrent use.
type script struct {
	sha   string
	proto *lua.FunctionProto
	err   string
	draws bool // moves the server's generator of random numbers
}

func draws(body string) bool { return strings.Contains(body, "random") }

var compiled sync.Map // SHA1 to *script

func compile(sha, body string) *script {
	if v, ok := compiled.Load(sha); ok {
		return v.(*script)
	}
	sc := &script{sha: sha, draws: draws(body)}
	chunk, err := parse.Parse(strings.NewReader(body), chunkName)
	if err == nil {
		rewrite(reflect.ValueOf(chunk))
		sc.proto, err = lua.Compile(chunk, chunkName)
	}
	if err == nil {
		// A table of the arguments, which a script cannot reach: it has no name here.
		sc.proto.IsVarArg &^= lua.VarArgNeedsArg
	}
	if err != nil {
		sc.err = "ERR Error compiling script (new function): " + complaint(err)
	}
	v, _ := compiled.LoadOrStore(sha, sc)
	return v.(*script)
}

// complaint words an error of gopher-lua's parser as the commonest one of
// PUC-Rio's. Only the line and, mostly, the token agree with a real server.
func complaint(err error) string {
	var e *parse.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("%s:1: %v", chunkName, err)
	}
	line, token := e.Pos.Line, e.Token
	if line == parse.EOF || token == "" {
		return fmt.Sprintf("%s:1: unexpected symbol near '<eof>'", chunkName)
	}
	return fmt.Sprintf("%s:%d: unexpected symbol near '%s'", chunkName, line, token)
}

// machine is a Lua interpreter with Redis' sandbox. Nothing that a script does
// outlives it: all tables that a script can reach and keep are read-only.
type machine struct {
	l       *lua.LState
	globals *lua.LTable // KEYS and ARGV stand here; scripts see it through env
	env     *lua.LTable
	handler *lua.LFunction
	frozen  map[*lua.LTable]bool

	server  *Server
	script  *script
	counter counter
	line    int // where the error that ended the script came from
	block   []byte
	ends    []int
	args    [][]byte
}

// machines are the interpreters that are not in use; making one takes longer
// than running most scripts.
var machines = sync.Pool{New: func() any { return newMachine() }}

func newMachine() *machine {
	m := &machine{frozen: make(map[*lua.LTable]bool)}
	m.l = lua.NewState(lua.Options{
		SkipOpenLibs:     true,
		RegistrySize:     1 << 10,
		RegistryMaxSize:  1 << 20,
		RegistryGrowStep: 1 << 12,
	})
	m.counter.Context = context.Background()
	m.l.SetContext(&m.counter)
	m.openLibraries()
	m.handler = m.l.NewFunction(m.locate)
	return m
}

// run executes a script and appends its reply, in the protocol of c.
func (m *machine) run(s *Server, c *conn, sc *script, keys, argv [][]byte, out []byte) []byte {
	m.server, m.script, m.line, m.counter.left = s, sc, 0, maxInstructions
	m.globals.RawSetString("KEYS", m.strings(keys))
	m.globals.RawSetString("ARGV", m.strings(argv))
	f := m.l.NewFunctionFromProto(sc.proto)
	f.Env = m.env
	m.l.Push(f)
	err := m.l.PCall(0, 1, m.handler)
	if m.counter.left < 0 {
		m.l.SetTop(0)
		return s.refuse(out, fmt.Sprintf("script of more than %d instructions", maxInstructions))
	}
	if err != nil {
		m.l.SetTop(0)
		return appendError(out, fmt.Sprintf("%s script: %s, on @%s:%d.", m.worded(failureText(err)), sc.sha, chunkName, m.line))
	}
	out = m.appendValue(out, c, m.l.Get(-1))
	m.l.SetTop(0)
	return out
}

func (m *machine) strings(values [][]byte) *lua.LTable {
	t := m.l.CreateTable(len(values), 0)
	for i, v := range values {
		t.RawSetInt(i+1, lua.LString(v))
	}
	return t
}

// locate notes the line of an error while the stack still stands: that of the
// failing Lua function, or of the one that called the failing Go function.
func (m *machine) locate(l *lua.LState) int {
	for level := 1; level <= 2; level++ {
		dbg, ok := l.GetStack(level)
		if !ok {
			break
		}
		if _, err := l.GetInfo("Sl", dbg, lua.LNil); err == nil && dbg.CurrentLine > 0 {
			m.line = dbg.CurrentLine
			break
		}
	}
	l.Push(l.Get(1))
	return 1
}
