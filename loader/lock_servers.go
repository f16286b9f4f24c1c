package loader

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// fewestLocks is how many lock servers it takes for one of them to be missed.
const fewestLocks = 3

// validateLocks refuses lock servers of which no quorum can be one, before any of them is
// asked.
func (c Config) validateLocks() error {
	n := max(len(c.Locks), len(c.LockTargets))
	refused := func(what string) error {
		return &Error{Problem: BadJob, What: what,
			Try: fmt.Sprintf("an odd number of Redises, %d or more, that hold nothing else: --lock-redis-url URL, as often; or another --strategy, such as %s", fewestLocks, lock.Default().Name)}
	}
	switch name := "strategy " + c.Strategy.Name; {
	case c.Strategy.Locks == 0 && n > 0:
		return &Error{Problem: BadJob, What: name + " has no use for lock servers", Try: "leave out --lock-redis-url; or --strategy " + lock.Redlock.Name}
	case c.Strategy.Locks == 0:
		return nil
	case n == 0:
		return refused(name + " needs lock servers, and none is named")
	case n < fewestLocks:
		return refused(fmt.Sprintf("%s needs more than %d lock servers: none of them could be missed", name, n))
	case n%2 == 0:
		return refused(fmt.Sprintf("%s with %d lock servers is no better than with %d: of an even number, half may be missed and no more", name, n, n-1))
	}
	return nil
}

// refuseLocks refuses lock servers that are not different ones, or one of which is the
// Redis of the data: what happens to one would happen to both. It returns what no server
// could be asked.
func (c Config) refuseLocks(ctx context.Context) (unasked []string, err error) {
	if len(c.LockTargets) == 0 {
		return nil, nil
	}
	run, err := runID(ctx, c.Redis)
	if err != nil {
		return nil, redisProblem(err)
	}
	known := map[string]string{run: "the Redis of the data"}
	for i, target := range c.LockTargets {
		name := fmt.Sprintf("lock server %d", i+1)
		client := target.Open(c.Strategy)
		run, err := runID(ctx, client)
		client.Close()
		if err != nil {
			return nil, ofServer(name, redisProblem(err))
		}
		other, again := known[run]
		switch {
		case run == "":
			unasked = append(unasked, "whether "+name+" is a Redis of its own: it does not say who it is")
		case again:
			return nil, &Error{Problem: BadJob, What: fmt.Sprintf("%s is the same server as %s: what happens to one happens to both", name, other),
				Try: "Redises that do not share a process, nor a machine"}
		}
		known[run] = name
	}
	return unasked, nil
}

// ofServer says which server a problem is of.
func ofServer(name string, err error) error {
	var problem *Error
	if !errors.As(err, &problem) {
		return fmt.Errorf("%s: %w", name, err)
	}
	of := *problem
	of.What = name + ": " + of.What
	return &of
}

// openLocks opens a client of each lock server for one worker; close ends them.
func (c Config) openLocks() (clients []*redis.Client, close func()) {
	for _, target := range c.LockTargets {
		clients = append(clients, target.Open(c.Strategy))
	}
	return clients, func() {
		for _, client := range clients {
			client.Close()
		}
	}
}
