package defects

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// A and B both see a list without the name, and then both take it. The same
// check-then-act as with the bit, and as near at hand: no library has a command
// that does both.
//
// Repair: takeName, which does both in one transaction.
var nameAfterList = Defect{
	Name:    "name-after-list",
	Mistake: "The clients are listed first, and the name is taken by a second request if nobody has it.",
	Strategy: byNames(onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		var list *redis.StringCmd
		if _, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			list = tx.ClientList(ctx)
			return nil
		}); err != nil {
			return nil, err
		}
		claim, err := takeName(ctx, env, on, chunk)
		if err == nil && len(lock.Bearers(list.Val(), nameOf(chunk))) > 0 {
			err = cmp.Or(claim.Release(ctx), lock.ErrHeld)
		}
		return claim, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// The first program of the published scheme looks for a text among dicts, and never
// finds it; every look says that the chunk is free.
//
// Repair: compare with the field that holds the name, as lock.Bearers does.
var nameNeverFound = Defect{
	Name:    "name-never-found",
	Mistake: "The name is looked for among the lines of the list, and a line holds more than a name.",
	Strategy: byNames(onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		claim, err := takeName(ctx, env, on, chunk)
		if err == nil && slices.Contains(strings.Split(claim.list, "\n"), nameOf(chunk)) {
			err = cmp.Or(claim.Release(ctx), lock.ErrHeld)
		}
		return claim, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// A chunk that nobody has is skipped because somebody has another one. Numbers with
// two digits as decimals take eleven chunks; as binary numbers they take three.
//
// Repair: compare the whole name, as lock.Bearers does.
var nameWithinAnother = Defect{
	Name:    "name-within-another",
	Mistake: "A name counts as taken if some name contains it, and chunk_1 is contained in chunk_10.",
	Strategy: byNames(byBinaryNames(func(list, name string) []int64 {
		return lock.Bearers(strings.ReplaceAll(list, "name="+name, "name="+name+" "), name)
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 3, Rows: 1},
	Want:  reports.Lost,
}

// byBinaryNames opens a session that goes over the chunks once, each worker in its own
// order, and names its connection after the binary number of a chunk.
func byBinaryNames(bearers func(list, name string) []int64) opening {
	return goingOnOneConn(lock.Manner{Shuffle: true, Once: true}, func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		name := "chunk_" + strconv.FormatInt(int64(chunk), 2)
		claim, err := takeNameAs(ctx, env, on, chunk, name)
		claim.bearer = bearers(claim.list, name)
		if err == nil && claim.others() {
			err = lock.ErrHeld
		}
		if errors.Is(err, lock.ErrHeld) || errors.Is(err, lock.ErrCommitted) {
			err = cmp.Or(claim.Release(ctx), err)
		}
		return claim, err
	})
}

// A host that loses its power says no farewell, and the server keeps its connections, with
// their names, until keepalive has given up: ten minutes by default. Those who come by
// meanwhile skip the chunk of a worker that is gone.
//
// Repair: lock.UntilDone, and a short tcp-keepalive.
var nameOutlivesItsHost = Defect{
	Name:     "name-outlives-its-host",
	Mistake:  "A chunk is left to whoever has its name, although the server may not know yet that the holder is gone.",
	Strategy: byNames(goingOnOneConn(lock.OnePass, takeNameOrLeave)),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.HalfOpen: 1}},
	Want:     reports.Lost,
}

// CLIENT LIST is a command for administrators, and a user without that right gets an
// error. Empty it reads like a list without the name: the lock fails open.
//
// Repair: return the error.
var refusedListIsEmpty = Defect{
	Name:     "refused-list-is-empty",
	Mistake:  "A list of clients that the server refused counts as one in which nobody has the name.",
	Strategy: byNames(onOneConn(takeNameUnless(func(c named, err error) bool { return err != nil && c.list != "" }))),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Deny: 1}},
	Want:     reports.Duplicated,
}

// takeNameUnless takes a name unless that failed in a way that counts. Its commit stands
// a refusal of any of its commands, and nothing else.
func takeNameUnless(failed func(named, error) bool) func(context.Context, lock.Env, lock.Transactor, int) (lock.Claim, error) {
	return func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		claim, err := takeName(ctx, env, on, chunk)
		switch {
		case errors.Is(err, lock.ErrCommitted) || failed(claim, err):
			return nil, err
		case claim.others():
			return nil, cmp.Or(claim.Release(ctx), lock.ErrHeld)
		}
		return freeing{committing{lock.NewUnlocked(env, chunk), pushOrNothing}, claim.Release}, nil
	}
}

// pushOrNothing commits whether the chunk is committed or not, and takes the rows out
// again if the mark is refused.
func pushOrNothing(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	return env.Redis.Eval(ctx, `
		redis.call('LPUSH', KEYS[1], unpack(ARGV, 2))
		local marked = redis.pcall('SETBIT', KEYS[2], ARGV[1], 1)
		if type(marked) == 'table' then
		  redis.call('LTRIM', KEYS[1], #ARGV - 1, -1)
		end
		return marked`, []string{env.Keys.List, env.Keys.Chunks}, append([]any{chunk}, lock.Arguments(elements)...)...).Err()
}

// A client with a pool sends transactions over one connection and single commands over
// another, which had no name before either: redis/go-redis PR#178. Those who were
// refused all keep the name, as in loserKeepsName.
//
// Repair: onOneConn, and the name is taken off where it was taken.
var nameTakenOffElsewhere = Defect{
	Name:    "name-taken-off-elsewhere",
	Mistake: "A refused worker takes the name off over whichever connection the pool has at hand.",
	Strategy: byNames(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		claim, err := takeName(ctx, env, env.Redis, chunk)
		if err == nil && claim.others() {
			err = cmp.Or(env.Redis.Do(ctx, "CLIENT", "SETNAME", "").Err(), lock.ErrHeld)
		}
		return claim, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Stuck,
}
