package redismodel

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func (m *machine) redisLibrary() *lua.LTable {
	l := m.l
	t := l.SetFuncs(l.NewTable(), map[string]lua.LGFunction{
		"call":               m.calls(true),
		"pcall":              m.calls(false),
		"error_reply":        makesReply(errorReply),
		"status_reply":       makesReply(statusTable),
		"sha1hex":            sha1hex,
		"log":                redisLog,
		"replicate_commands": func(l *lua.LState) int { l.Push(lua.LTrue); return 1 },
		"setresp":            m.refused("redis.setresp"),
		"set_repl":           m.refused("redis.set_repl"),
		"acl_check_cmd":      m.mayRun,
		"breakpoint":         m.refused("redis.breakpoint"),
		"debug":              m.refused("redis.debug"),
	})
	for name, n := range map[string]int{
		"LOG_DEBUG": 0, "LOG_VERBOSE": 1, "LOG_NOTICE": 2, "LOG_WARNING": 3,
		"REPL_NONE": 0, "REPL_AOF": 1, "REPL_SLAVE": 2, "REPL_REPLICA": 2, "REPL_ALL": 3,
	} {
		t.RawSetString(name, lua.LNumber(n))
	}
	t.RawSetString("REDIS_VERSION", lua.LString(version))
	t.RawSetString("REDIS_VERSION_NUM", lua.LNumber(versionNumber))
	return t
}

func (m *machine) refused(what string) lua.LGFunction {
	return func(l *lua.LState) int {
		m.abort(l, what)
		return 0
	}
}

// abort ends the call of what the model does not know.
func (m *machine) abort(l *lua.LState, what string) {
	l.Error(errorTable(l, m.server.unsupportedError(what)), 0)
}

// calls handles redis.call and redis.pcall.
func (m *machine) calls(raise bool) lua.LGFunction {
	return func(l *lua.LState) int {
		v, failed := m.dispatch(l)
		if failed && raise {
			l.Error(v, 0)
		}
		l.Push(v)
		return 1
	}
}

// dispatch runs the command on the Lua stack; failed says that v is an error
// table.
func (m *machine) dispatch(l *lua.LState) (v lua.LValue, failed bool) {
	if l.GetTop() == 0 {
		return errorTable(l, "ERR Please specify at least one argument for this redis lib call"), true
	}
	args, ok := m.arguments(l)
	if !ok {
		return errorTable(l, "ERR Lua redis lib command arguments must be strings or integers"), true
	}
	reply, failure := m.server.call(args)
	if failure != "" {
		return commandError(l, failure), true
	}
	v, _ = m.value(reply)
	return v, reply[0] == '-'
}

// mayRun handles redis.acl_check_cmd: the default user may do everything.
func (m *machine) mayRun(l *lua.LState) int {
	if l.GetTop() == 0 {
		l.Error(errorTable(l, "ERR Please specify at least one argument for this redis lib call"), 0)
	}
	args, ok := m.arguments(l)
	if !ok {
		l.Error(errorTable(l, "ERR Lua redis lib command arguments must be strings or integers"), 0)
	}
	switch {
	case resolve(m.server.table, args) != nil:
		l.Push(lua.LTrue)
		return 1
	case m.server.missing(args) != "":
		m.abort(l, "redis.acl_check_cmd of "+m.server.missing(args))
	}
	l.Error(errorTable(l, "ERR Invalid command passed to redis.acl_check_cmd()"), 0)
	return 0
}

// arguments converts the Lua stack into a command, in memory that the next
// call uses again.
func (m *machine) arguments(l *lua.LState) ([][]byte, bool) {
	m.block, m.ends, m.args = m.block[:0], m.ends[:0], m.args[:0]
	for i := 1; i <= l.GetTop(); i++ {
		switch v := l.Get(i).(type) {
		case lua.LString:
			m.block = append(m.block, v...)
		case lua.LNumber:
			m.block = append(m.block, formatArgument(float64(v))...)
		default:
			return nil, false
		}
		m.ends = append(m.ends, len(m.block))
	}
	start := 0
	for _, end := range m.ends {
		m.args = append(m.args, m.block[start:end:end])
		start = end
	}
	return m.args, true
}

// statusTable is how Redis hands a status to Lua. Like all small tables it is
// made with its size: gopher-lua's default has room for 32 names.
func statusTable(l *lua.LState, text string) *lua.LTable {
	t := l.CreateTable(0, 1)
	t.RawSetString("ok", lua.LString(text))
	return t
}

// errorTable is how Redis hands an error to Lua.
func errorTable(l *lua.LState, msg string) *lua.LTable {
	t := l.CreateTable(0, 2)
	t.RawSetString("err", lua.LString(msg))
	return t
}

func commandError(l *lua.LState, msg string) *lua.LTable {
	t := errorTable(l, msg)
	t.RawSetString("ignore_error_stats_update", lua.LTrue)
	return t
}

// makesReply handles redis.error_reply and redis.status_reply.
func makesReply(table func(*lua.LState, string) *lua.LTable) lua.LGFunction {
	return func(l *lua.LState) int {
		text, ok := l.Get(1).(lua.LString)
		if l.GetTop() != 1 || !ok {
			l.Push(errorTable(l, "ERR wrong number or type of arguments"))
			return 1
		}
		l.Push(table(l, string(text)))
		return 1
	}
}

// errorReply puts ERR before a text of one word: an error needs a code.
func errorReply(l *lua.LState, msg string) *lua.LTable {
	msg = strings.TrimPrefix(msg, "-")
	if !strings.Contains(msg, " ") {
		msg = "ERR " + msg
	}
	return errorTable(l, msg)
}

func sha1hex(l *lua.LState) int {
	if l.GetTop() != 1 {
		l.Error(errorTable(l, "ERR wrong number of arguments"), 0)
	}
	text, _ := textOf(l.Get(1))
	l.Push(lua.LString(shaOf([]byte(text))))
	return 1
}

func redisLog(l *lua.LState) int {
	if l.GetTop() < 2 {
		l.Error(errorTable(l, "ERR redis.log() requires two arguments or more."), 0)
	}
	if _, ok := l.Get(1).(lua.LNumber); !ok {
		l.Error(errorTable(l, "ERR First argument must be a number (log level)."), 0)
	}
	if n := l.CheckInt(1); n < 0 || n > 3 {
		l.Error(errorTable(l, "ERR Invalid log level."), 0)
	}
	return 0
}
