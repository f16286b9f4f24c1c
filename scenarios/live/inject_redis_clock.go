package live

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports/format"
)

//go:embed clock.lua
var clockScript string

var _ = register(faults.RedisClock, redisClock{})

type redisClock struct{ offWire }

func (redisClock) Unable(o Options) string {
	if o.Redis != nil {
		return "the Redis server was not started here, and its clock may matter to others"
	}
	return ""
}

// Inject lets the clock of a Redis jump. That had effect when something there went by it: where
// that is nothing, although the workers take leases, the jump came at the wrong time.
func (r redisClock) Inject(i *injection) {
	if i.redis.isAway() {
		i.after(look, func() { r.Inject(i) })
		return
	}
	i.later(func() func() {
		jumps, err := i.letClocksJump()
		return func() {
			var evidence string
			for _, j := range jumps {
				for command, times := range j.calls {
					j.meter.asked(command, times)
				}
				evidence = j.text()
			}
			switch last := len(jumps) - 1; {
			case err != nil:
				i.goOn()
				i.abandon("let its clock jump: " + format.OneLine(err))
				return
			case jumps[last].moved() == 0 && i.clocked:
				i.goOn()
				i.abandon(evidence)
				return
			}
			i.seen(evidence)
			i.after(i.For, func() {
				i.goOn()
				i.heal("")
			})
		}
	})
}

// clocked tells whether a strategy takes leases; of another program that is not known, and so it
// has to be seen.
func clocked(strategy string) bool {
	s, known := lock.Find(strategy)
	return !known || s.Clocked
}

// jump is what became of a server whose clock has jumped.
type jump struct {
	server                 string
	meter                  *meter
	ended, earlier, waited int64
	calls                  map[string]int64
}

func (j jump) moved() int64 { return j.ended + j.earlier + j.waited }

func (j jump) text() string {
	if j.moved() == 0 {
		return j.server + " held nothing that goes by its clock"
	}
	var parts []string
	tell := func(n int64, one, many, what string) {
		if n > 0 {
			parts = append(parts, format.Plural(n, one, many)+what)
		}
	}
	tell(j.ended, "key", "keys", " ran out")
	tell(j.earlier, "key", "keys", " will run out earlier")
	tell(j.waited, "pending entry", "pending entries", " had waited longer")
	return fmt.Sprintf("as if the clock of %s had jumped ahead, %s", j.server, strings.Join(parts, ", "))
}

// letClocksJump lets one clock jump: that of the first lock server on which something goes by it,
// or else that of Redis. It returns what was asked of each server, the one whose clock jumped last.
func (i *injection) letClocksJump() (jumps []jump, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), signalWait)
	defer cancel()
	for n, server := range i.locks {
		client, err := adminOf(ctx, server.Server)
		if err != nil {
			return jumps, err
		}
		j, err := i.letClockJump(ctx, client, server.Name(), &i.lockMeters[n].meter)
		jumps = append(jumps, j)
		if err != nil || j.moved() > 0 {
			return jumps, err
		}
	}
	client, err := i.admin(ctx)
	if err != nil {
		return jumps, err
	}
	j, err := i.letClockJump(ctx, client, i.redis.Name(), i.meter)
	return append(jumps, j), err
}

func (i *injection) letClockJump(ctx context.Context, client *redis.Client, name string, of *meter) (jump, error) {
	defer client.Close()
	j := jump{server: name, meter: of, calls: map[string]int64{"eval": 1}}
	told, err := client.Eval(ctx, clockScript, nil, i.Restart.Milliseconds()).Slice()
	if err != nil {
		return j, err
	}
	if len(told) < 3 {
		return j, errors.New("the script told too little")
	}
	j.ended, j.earlier, j.waited = told[0].(int64), told[1].(int64), told[2].(int64)
	for k := 3; k+1 < len(told); k += 2 {
		j.calls[told[k].(string)] = told[k+1].(int64)
	}
	return j, nil
}
