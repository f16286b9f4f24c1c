package sim

import (
	"strconv"

	"onceover/sim/redismodel"
)

// Server is one of the servers: the Redis of the data, MySQL, and the lock servers, which
// are Redises of their own and hold nothing but locks.
type Server uint8

// The servers.
const (
	Redis Server = iota
	MySQL
	firstLock
)

// mostLockServers is more than anybody asks for a quorum.
const mostLockServers = 9

// LockServer is the lock server of that number, from 0.
func LockServer(i int) Server { return firstLock + Server(i) }

// Servers lists those of a set-up, in the order in which they are drawn.
func (s Setup) Servers() []Server {
	all := []Server{Redis}
	for i := range s.Locks {
		all = append(all, LockServer(i))
	}
	return append(all, MySQL)
}

func (s Server) String() string {
	switch s {
	case Redis:
		return "redis"
	case MySQL:
		return "mysql"
	}
	return "lock" + strconv.Itoa(int(s-firstLock)+1)
}

// class is what may go wrong with requests to a server: lock servers are alike.
func (s Server) class() Server { return min(s, firstLock) }

// redisAt is the Redis that a server is.
func (w *world) redisAt(s Server) *redismodel.Server {
	if s >= firstLock {
		return w.locks[s-firstLock]
	}
	return w.redis
}

func clones(all []*redismodel.Server) []*redismodel.Server {
	if all == nil {
		return nil
	}
	copies := make([]*redismodel.Server, len(all))
	for i, one := range all {
		copies[i] = one.Clone()
	}
	return copies
}

func freeze(all []*redismodel.Server) {
	for _, one := range all {
		one.Freeze()
	}
}

// quorum is how many lock servers have to agree.
func (s Setup) quorum() int { return s.Locks/2 + 1 }

// lockHolders are the Redises that a lock has to be on: the one of the data, or those
// of the lock servers.
func (w *world) lockHolders() (all []*redismodel.Server, needed int) {
	if len(w.locks) == 0 {
		return []*redismodel.Server{w.redis}, 1
	}
	return w.locks, w.scene.Setup.quorum()
}
