package redismodel

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func tableConcat(l *lua.LState) int {
	t, separator := l.CheckTable(1), ""
	if l.Get(2) != lua.LNil {
		separator = checkText(l, 2)
	}
	from, to := l.OptInt(3, 1), l.OptInt(4, t.Len())
	var b strings.Builder
	for i := from; i <= to; i++ {
		text, ok := textOf(t.RawGetInt(i))
		if !ok {
			l.RaiseError("invalid value (%s) at index %d in table for 'concat'", t.RawGetInt(i).Type(), i)
		}
		b.WriteString(text)
		if i < to {
			b.WriteString(separator)
		}
	}
	l.Push(lua.LString(b.String()))
	return 1
}

// insertInto is table.insert, which gopher-lua lets have any number of arguments.
func insertInto(library *lua.LTable) lua.LGFunction {
	insert := library.RawGetString("insert").(*lua.LFunction).GFunction
	return func(l *lua.LState) int {
		l.CheckTable(1)
		if n := l.GetTop(); n < 2 || n > 3 {
			l.RaiseError("wrong number of arguments to 'insert'")
		}
		return insert(l)
	}
}

// next refuses a key that the table does not have, after which gopher-lua takes the
// table for finished. Lua goes on after one that was taken out meanwhile, and knows
// no other.
func (m *machine) next(l *lua.LState) int {
	t := l.CheckTable(1)
	key := lua.LValue(lua.LNil)
	if l.GetTop() > 1 {
		key = l.Get(2)
	}
	if key != lua.LNil && t.RawGet(key) == lua.LNil {
		m.abort(l, "next of a key that is not there")
	}
	k, v := t.Next(key)
	l.Push(k)
	if k == lua.LNil {
		return 1
	}
	l.Push(v)
	return 2
}
