package redismodel

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// textArguments says how many of the first arguments of a string function are
// strings.
var textArguments = map[string]int{
	"byte": 1, "find": 2, "gsub": 3, "len": 1, "lower": 1, "match": 2, "rep": 1, "reverse": 1, "sub": 1, "upper": 1,
}

// stringLibrary is gopher-lua's, with numbers that become strings as in Redis.
func (m *machine) stringLibrary(library *lua.LTable) *lua.LTable {
	for name, n := range textArguments {
		library.RawSetString(name, m.l.NewFunction(converting(library.RawGetString(name).(*lua.LFunction).GFunction, n)))
	}
	for _, name := range []string{"find", "gsub", "match"} {
		library.RawSetString(name, m.l.NewFunction(m.withPattern(library.RawGetString(name).(*lua.LFunction).GFunction, name == "find")))
	}
	gmatch := library.RawGetString("gmatch") // which has an upvalue
	library.RawSetString("gmatch", m.l.NewFunction(converting(m.withPattern(func(l *lua.LState) int {
		l.Insert(gmatch, 1)
		l.Call(l.GetTop()-1, lua.MultRet)
		return l.GetTop()
	}, false), 2)))
	replace := library.RawGetString("gsub").(*lua.LFunction).GFunction
	library.RawSetString("gsub", m.l.NewFunction(func(l *lua.LState) int {
		l.Replace(3, replacement(l, l.Get(3)))
		return replace(l)
	}))
	library.RawSetString("rep", m.l.NewFunction(m.stringRep))
	library.RawSetString("format", m.l.NewFunction(stringFormat))
	return library
}

// withPattern refuses what ends with a single %, which gopher-lua takes for itself,
// and Lua for an error if it comes as far.
func (m *machine) withPattern(f lua.LGFunction, plain bool) lua.LGFunction {
	return func(l *lua.LState) int {
		for i := 2; i <= 3; i++ {
			text, ok := l.Get(i).(lua.LString)
			trimmed := strings.TrimRight(string(text), "%")
			if ok && (len(text)-len(trimmed))%2 == 1 && !(plain && lua.LVAsBool(l.Get(4))) {
				m.abort(l, "Lua pattern that ends with %")
			}
		}
		return f(l)
	}
}

// converting hands on the first n arguments as strings, if they are numbers, and
// the others as numbers, if they are strings that hold one.
func converting(f lua.LGFunction, n int) lua.LGFunction {
	return func(l *lua.LState) int {
		for i := 1; i <= l.GetTop(); i++ {
			v := l.Get(i)
			if text, ok := textOf(v); ok && i <= n {
				l.Replace(i, lua.LString(text))
			} else if number, ok := numberOf(v); ok && i > n {
				l.Replace(i, lua.LNumber(number))
			}
		}
		return f(l)
	}
}

// replacement is what gsub puts in, with strings in place of numbers.
func replacement(l *lua.LState, v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case *lua.LTable:
		return l.NewFunction(func(l *lua.LState) int {
			l.Push(l.GetTable(v, l.Get(1)))
			return pushText(l)
		})
	case *lua.LFunction:
		return l.NewFunction(func(l *lua.LState) int {
			n := l.GetTop()
			l.Insert(v, 1)
			l.Call(n, 1)
			return pushText(l)
		})
	}
	return v
}

// pushText makes a string of a number on top of the stack.
func pushText(l *lua.LState) int {
	if text, ok := textOf(l.Get(-1)); ok {
		l.Push(lua.LString(text))
	}
	return 1
}

// longestText is what string.rep may make, in bytes.
const longestText = 64 << 20

func (m *machine) stringRep(l *lua.LState) int {
	text, n := checkText(l, 1), checkNumber(l, 2)
	if n > 0 && n*float64(len(text)) > longestText {
		m.abort(l, "string.rep of more than 64 MB")
	}
	l.Push(lua.LString(strings.Repeat(text, max(int(n), 0))))
	return 1
}
