package redismodel

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// mathLibrary is gopher-lua's, with strings that become numbers as in Redis.
func (m *machine) mathLibrary(library *lua.LTable) *lua.LTable {
	m.l.SetFuncs(library, map[string]lua.LGFunction{"random": m.mathRandom, "randomseed": m.mathRandomSeed})
	library.ForEach(func(name, v lua.LValue) {
		if f, ok := v.(*lua.LFunction); ok {
			library.RawSet(name, m.l.NewFunction(converting(f.GFunction, 0)))
		}
	})
	return library
}

func (m *machine) mathRandom(l *lua.LState) int {
	m.mustSayRandom(l)
	r, n := m.server.random.float(), l.GetTop()
	if n == 0 {
		l.Push(lua.LNumber(r))
		return 1
	}
	if n > 2 {
		l.RaiseError("wrong number of arguments")
	}
	low := 1
	if n == 2 {
		low = int(checkNumber(l, 1))
	}
	high := int(checkNumber(l, n))
	if low > high {
		l.ArgError(n, "interval is empty")
	}
	l.Push(lua.LNumber(math.Floor(r*float64(high-low+1)) + float64(low)))
	return 1
}

func (m *machine) mathRandomSeed(l *lua.LState) int {
	m.mustSayRandom(l)
	m.server.random.seed(int32(int64(checkNumber(l, 1))))
	return 0
}

// mustSayRandom refuses a script that draws by another name than the one by which its
// footprint says so.
func (m *machine) mustSayRandom(l *lua.LState) {
	if !m.script.draws {
		m.abort(l, "math.random by another name")
	}
}

// rand48 is the generator of POSIX lrand48, which Redis uses. It begins anew
// with the process, and every script goes on where the last one stopped.
type rand48 uint64

func (r *rand48) seed(n int32) { *r = rand48(uint64(uint32(n))<<16 | 0x330e) }

func (r *rand48) float() float64 {
	const limit = math.MaxInt32
	*r = (*r*0x5deece66d + 0xb) & (1<<48 - 1)
	return float64(uint64(*r)>>17%limit) / limit
}
