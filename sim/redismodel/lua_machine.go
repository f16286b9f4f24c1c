package redismodel

import (
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// machine is a Lua interpreter with Redis' sandbox. Nothing that a script does
// outlives it: all tables that a script can reach and keep are read-only.
type machine struct {
	l       *lua.LState
	globals *lua.LTable // KEYS and ARGV stand here; scripts see it through env
	env     *lua.LTable
	redis   *lua.LTable
	handler *lua.LFunction
	frozen  map[*lua.LTable]bool
	random  rand48

	server  *Server
	version string
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
	m.openLibraries()
	m.handler = m.l.NewFunction(m.locate)
	return m
}

// run executes a script and appends its reply, in the protocol of c.
func (m *machine) run(s *Server, c *conn, sc *script, keys, argv [][]byte, out []byte) []byte {
	m.server, m.line = s, 0
	m.random.seed(0)
	m.globals.RawSetString("KEYS", m.strings(keys))
	m.globals.RawSetString("ARGV", m.strings(argv))
	m.setVersion(s.opts.Version)
	f := m.l.NewFunctionFromProto(sc.proto)
	f.Env = m.env
	m.l.Push(f)
	if err := m.l.PCall(0, 1, m.handler); err != nil {
		m.l.SetTop(0)
		return m.appendFailure(out, sc, err)
	}
	out = m.appendValue(out, c, m.l.Get(-1))
	m.l.SetTop(0)
	return out
}

// setVersion sets redis.REDIS_VERSION and, a byte a part, REDIS_VERSION_NUM.
func (m *machine) setVersion(v string) {
	if m.version == v {
		return
	}
	m.version = v
	n := 0
	for part := range strings.SplitSeq(v, ".") {
		p, _ := strconv.Atoi(part)
		n = n<<8 | p
	}
	m.redis.RawSetString("REDIS_VERSION", lua.LString(v))
	m.redis.RawSetString("REDIS_VERSION_NUM", lua.LNumber(n))
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
