package redismodel

import (
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

const errReadOnlyTable = "Attempt to modify a readonly table"

// kept are the globals of gopher-lua's base library that Redis has too.
var kept = []string{
	"_VERSION", "assert", "getmetatable", "ipairs", "pairs", "rawequal", "rawget", "select", "type", "xpcall",
}

// refusedGlobals exist in Redis and not in the model.
var refusedGlobals = map[string]bool{
	"bit": true, "cjson": true, "cmsgpack": true, "gcinfo": true, "load": true, "loadstring": true, "struct": true,
}

func (m *machine) openLibraries() {
	l := m.l
	for name, open := range map[string]lua.LGFunction{
		lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString,
		lua.MathLibName: lua.OpenMath, lua.CoroutineLibName: lua.OpenCoroutine,
	} {
		l.Push(l.NewFunction(open))
		l.Push(lua.LString(name))
		l.Call(1, 0)
	}
	all := l.G.Global
	m.globals = l.NewTable()
	for _, name := range kept {
		m.globals.RawSetString(name, all.RawGetString(name))
	}
	l.SetFuncs(m.globals, map[string]lua.LGFunction{
		"collectgarbage": m.collectGarbage,
		"error":          raise,
		"pcall":          m.pcall,
		"rawset":         m.rawSet,
		"setmetatable":   m.setMetatable,
		"tonumber":       toNumber,
		"tostring":       m.toString,
		"unpack":         converting(unpack, 0),
		"next":           m.next,
		textName:         convertToText,
		numberName:       convertToNumber,
		moduloName:       modulo,
		countedName:      counted,
	})
	library := func(name string) *lua.LTable { return all.RawGetString(name).(*lua.LTable) }
	m.globals.RawSetString(lua.MathLibName, m.freeze(m.mathLibrary(library(lua.MathLibName))))
	m.globals.RawSetString(lua.StringLibName, m.freeze(m.stringLibrary(library(lua.StringLibName))))
	l.SetFuncs(library(lua.TabLibName), map[string]lua.LGFunction{"concat": tableConcat, "insert": insertInto(library(lua.TabLibName))})
	m.globals.RawSetString(lua.TabLibName, m.freeze(library(lua.TabLibName)))
	m.globals.RawSetString(lua.CoroutineLibName, m.freeze(m.coroutines(library(lua.CoroutineLibName))))
	m.globals.RawSetString("os", m.freeze(l.SetFuncs(l.NewTable(), map[string]lua.LGFunction{"clock": m.osClock})))
	m.globals.RawSetString("redis", m.freeze(m.redisLibrary()))

	strict := l.NewTable()
	strict.RawSetString("__index", l.NewFunction(m.undefinedGlobal))
	m.globals.Metatable = strict
	m.env = m.freeze(m.globals)
	m.globals.RawSetString("_G", m.env)
}

// freeze returns a read-only view of a table.
func (m *machine) freeze(t *lua.LTable) *lua.LTable {
	view, meta := m.l.NewTable(), m.l.NewTable()
	meta.RawSetString("__index", t)
	meta.RawSetString("__newindex", m.l.NewFunction(readOnlyTable))
	meta.RawSetString("__metatable", lua.LFalse)
	view.Metatable = meta
	m.frozen[view] = true
	return view
}

func readOnlyTable(l *lua.LState) int {
	l.RaiseError(errReadOnlyTable)
	return 0
}

func (m *machine) undefinedGlobal(l *lua.LState) int {
	name := l.Get(2).String()
	if refusedGlobals[name] {
		m.abort(l, "Lua library "+name)
	}
	l.RaiseError("Script attempted to access nonexistent global variable '%s'", name)
	return 0
}

// raise is Lua's error: a text gets the position of its level, unless a Go
// function stands there.
func raise(l *lua.LState) int {
	v, level := l.Get(1), l.OptInt(2, 1)
	var text string
	switch n := v.(type) {
	case lua.LString:
		text = string(n)
	case lua.LNumber:
		text = formatNumber(float64(n))
	default:
		level = 0
	}
	if level > 0 {
		if where := l.Where(level); strings.HasPrefix(where, chunkName) {
			text = where + " " + text
		}
		v = lua.LString(text)
	}
	l.Error(v, 0)
	return 0
}

// pcall is Lua's, but hands on an error table's text alone, as Redis does.
func (m *machine) pcall(l *lua.LState) int {
	l.CheckAny(1)
	if err := l.PCall(l.GetTop()-1, lua.MultRet, nil); err != nil {
		l.Push(lua.LFalse)
		l.Push(m.errorValue(err))
		return 2
	}
	l.Insert(lua.LTrue, 1)
	return l.GetTop()
}

func (m *machine) errorValue(err error) lua.LValue {
	e, ok := err.(*lua.ApiError)
	if !ok || e.Object == nil {
		return lua.LString(err.Error())
	}
	if t, ok := e.Object.(*lua.LTable); ok {
		if text, ok := t.RawGetString("err").(lua.LString); ok {
			return text
		}
	}
	if text, ok := e.Object.(lua.LString); ok {
		return lua.LString(m.worded(string(text)))
	}
	return e.Object
}

var (
	address  = regexp.MustCompile(`(table|function|thread): 0x`)
	argument = regexp.MustCompile(`(bad argument #\d+ to) ([\w.]+) \(`)
)

// worded is the text of an error as Redis has it. One that differs from run to
// run is refused.
func (m *machine) worded(text string) string {
	if address.MatchString(text) {
		return m.server.unsupportedError("error with an address")
	}
	if strings.Contains(text, "bad argument") {
		text = argument.ReplaceAllString(text, "$1 '$2' (")
	}
	return text
}

// mutableTable is the first argument of a function that changes a table.
func (m *machine) mutableTable(l *lua.LState) *lua.LTable {
	t := l.CheckTable(1)
	if m.frozen[t] {
		l.Error(lua.LString(errReadOnlyTable), 0)
	}
	return t
}

func (m *machine) rawSet(l *lua.LState) int {
	t := m.mutableTable(l)
	t.RawSet(l.CheckAny(2), l.CheckAny(3))
	l.SetTop(1)
	return 1
}

func (m *machine) setMetatable(l *lua.LState) int {
	t := m.mutableTable(l)
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString("__metatable") != lua.LNil {
		l.RaiseError("cannot change a protected metatable")
	}
	meta := l.Get(2)
	if meta != lua.LNil && meta.Type() != lua.LTTable {
		l.ArgError(2, "nil or table expected")
	}
	t.Metatable = meta
	l.SetTop(1)
	return 1
}

func (m *machine) toString(l *lua.LState) int {
	v := l.CheckAny(1)
	switch n := v.(type) {
	case lua.LNumber:
		v = lua.LString(formatNumber(float64(n)))
	case *lua.LTable, *lua.LFunction, *lua.LState:
		if l.GetMetaField(v, "__tostring") == lua.LNil {
			m.abort(l, "tostring of a "+v.Type().String())
		}
	}
	l.Push(l.ToStringMeta(v))
	return 1
}

// collectGarbage has nothing to collect.
func (m *machine) collectGarbage(l *lua.LState) int {
	what := "collect"
	if l.Get(1) != lua.LNil {
		what = checkText(l, 1)
	}
	switch what {
	case "collect", "stop", "restart":
	case "count", "step", "setpause", "setstepmul":
		m.abort(l, "collectgarbage of "+what)
	default:
		l.ArgError(1, "invalid option '"+what+"'")
	}
	l.Push(lua.LNumber(0))
	return 1
}

// unpackLimit is LUAI_MAXCSTACK, less the slot that the table itself takes.
const unpackLimit = 7999

func unpack(l *lua.LState) int {
	t := l.CheckTable(1)
	from := l.OptInt(2, 1)
	to := l.OptInt(3, t.Len())
	if from > to {
		return 0
	}
	n := to - from + 1
	if n <= 0 || n > unpackLimit+1-l.GetTop() {
		l.RaiseError("too many results to unpack")
	}
	for i := from; i <= to; i++ {
		l.Push(t.RawGetInt(i))
	}
	return n
}

func (m *machine) osClock(l *lua.LState) int {
	l.Push(lua.LNumber(m.server.now.Seconds()))
	return 1
}
