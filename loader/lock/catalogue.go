package lock

import "slices"

// All lists the strategies, those that are unsafe first.
func All() []Strategy {
	return []Strategy{
		None, BitmapOnly, Counter, Static, ConnectionName, SetNX, SetNXRecheck, SetNXRenewed, Redlock, Fencing, GetLock, SkipLocked, Streams,
		ConnectionNameFixed, Watch, Lua, StaticLua, FencingBit, SkipLockedLua, StreamsGuarded, LeaseLua,
	}
}

// Usual lists those that most people choose between, and the published scheme.
func Usual() []Strategy {
	return []Strategy{None, BitmapOnly, ConnectionName, SetNX, LeaseLua}
}

// Default is the strategy that is safe whatever fails.
func Default() Strategy { return LeaseLua }

// Find returns the strategy of that name.
func Find(name string) (Strategy, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s Strategy) bool { return s.Name == name })
	if i < 0 {
		return Strategy{}, false
	}
	return all[i], true
}
