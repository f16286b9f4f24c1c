package live

import (
	"onceover/faults"
	"onceover/faults/proxy"
)

// injector carries out the faults of one kind.
type injector interface {
	// Unable says why a world with these options cannot have the fault, or "".
	Unable(Options) string
	// Watches names the server whose protocol the proxies of the workers have to
	// follow for the fault, redis or mysql, or "".
	Watches() string
	// Inject injects a fault at a worker that stands at its position, and lets
	// the worker go on if it still lives. Each fault is in the end either seen
	// and healed, or abandoned.
	Inject(*injection)
	// Observe takes what happened to a connection of the worker to the server
	// that the fault watches, or to the request that the fault was injected into.
	Observe(*injection, proxy.Event)
}

// identifier is an injector that needs the numbers that Redis gives to connections.
type identifier interface{ identifies() }

// injectors are the kinds of faults that this world has.
var injectors = map[faults.Kind]injector{
	faults.MySQLCut:    mysqlCut{},
	faults.Cut:         cut{},
	faults.LoseReply:   loseReply{},
	faults.HalfReply:   halfReply{},
	faults.LateRequest: lateRequest{},
	faults.Kill:        kill{},
	faults.KillClient:  killClient{},
	faults.Pause:       pause{},
	faults.RedisKill:   serverKill{server: toRedis},
	faults.MySQLKill:   serverKill{server: toMySQL},
}

// offWire is embedded by injectors that do not look at connections.
type offWire struct{}

func (offWire) Watches() string                 { return "" }
func (offWire) Observe(*injection, proxy.Event) {}

// anywhere is embedded by injectors that work in every world.
type anywhere struct{}

func (anywhere) Unable(Options) string { return "" }
