package redismodel

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// maxInstructions is where a script is taken to have no end. A real server
// answers BUSY to everybody else after five seconds.
const maxInstructions = 5_000_000

var errTooManyInstructions = errors.New("too many instructions")

// counter ends a script after so many instructions: the interpreter asks before
// each whether its context is done.
type counter struct {
	context.Context
	left int
}

var done = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (c *counter) Done() <-chan struct{} {
	if c.left--; c.left < 0 {
		return done
	}
	return nil
}

func (c *counter) Err() error {
	if c.left < 0 {
		return errTooManyInstructions
	}
	return nil
}

// coroutines counts what coroutines do, which gopher-lua gives contexts of their
// own.
func (m *machine) coroutines(library *lua.LTable) *lua.LTable {
	for name, thread := range map[string]func(lua.LValue) *lua.LState{
		"create": func(v lua.LValue) *lua.LState { return v.(*lua.LState) },
		"wrap":   func(v lua.LValue) *lua.LState { return v.(*lua.LFunction).Upvalues[0].Value().(*lua.LState) },
	} {
		begin := library.RawGetString(name).(*lua.LFunction).GFunction
		library.RawSetString(name, m.l.NewFunction(func(l *lua.LState) int {
			n := begin(l)
			thread(l.Get(-1)).SetContext(&m.counter)
			return n
		}))
	}
	return library
}
