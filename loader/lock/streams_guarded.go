package lock

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// StreamsGuarded is [Streams] whose commit takes effect only while the entry is pending.
var StreamsGuarded = Strategy{
	Name:    "streams-guarded",
	Summary: "a Redis stream hands out the chunks, and a script commits only what is not acknowledged",

	How: "A stream and a group of consumers as in streams. One script commits: if the chunk's entry is not pending any more it pushes nothing; otherwise it pushes the rows, sets the chunk's bit, notes whose commit it was, and acknowledges the entry. " +
		"If a reply is lost, the worker asks whose commit it was.",
	Rests: "On the commit alone. An entry can be acknowledged once, whoever has it by then, and the rows are pushed in the same step; so it makes no difference who believes that the entry is his, how late a commit arrives, or how often it is sent. " +
		"Rows, bits and stream are written together and forgotten together. A stream that is gone is filled anew with the chunks whose bit is not set, unless one of those has an owner: then Redis has lost a part of the job, and that is refused. " +
		"The server's memory remains: if Redis forgets rows that a consumer had taken, the consumer sees them twice.",
	Cost: "What streams costs, and a server that may run scripts. After a death the chunk waits until the timeout is over, as with a lease.",
	Use:  "Where the chunks come to the workers by a stream anyway. For a load that is cut beforehand, lease-lua does the same with less in Redis.",

	Clocked:     true,
	MaxRetries:  -1,
	Conditional: true,
	ListOnly:    true,
	Uses:        streamNeeds,
	Prepare:     fillStream,
	Open: func(_ context.Context, env Env) (Session, error) {
		return newConsumer(env, func(chunk int, entry string) Claim {
			return guardedClaim{NewConditional(env, chunk, acknowledgeScript), entry}
		}), nil
	},
}

// streamNeeds are the commands of the stream.
func streamNeeds(keys Keys) (needs []Need) {
	for _, command := range []string{"XADD", "XREADGROUP", "XAUTOCLAIM", "XPENDING", "XACK", "XDEL", "XLEN", "UNLINK", "XGROUP|CREATE"} {
		needs = append(needs, Need{command, keys.Queue})
	}
	return append(needs, Need{"HKEYS", keys.Owners})
}

var (
	//go:embed acknowledge.lua
	acknowledgeLua string

	acknowledgeScript = redis.NewScript(acknowledgeLua)
)

// guardedClaim pushes a chunk as a whole: an entry is acknowledged once.
type guardedClaim struct {
	commit *Conditional
	entry  string
}

func (c guardedClaim) Chunk() int { return c.commit.chunk }

func (c guardedClaim) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	env, chunk := c.commit.Env, c.commit.chunk
	args := append(make([]any, 0, 5+len(elements)), env.PlanID, chunk, c.entry, env.Token, env.Keys.Push())
	keys := []string{env.Keys.List, env.Keys.Chunks, env.Keys.Owners, env.Keys.Plan, env.Keys.Queue}
	owner, err := c.commit.script.Run(ctx, env.Redis, keys, appendArguments(args, elements)...).Text()
	var refusal redis.Error
	switch {
	case errors.As(err, &refusal):
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, planGone(err))
	case err != nil:
		return c.commit.findOut(ctx, Slice{}, err)
	}
	return c.commit.outcome(owner, Slice{}), nil
}

// Release leaves the entry pending, unless it is acknowledged: when it has been idle for long
// enough somebody claims it.
func (c guardedClaim) Release(context.Context) error { return nil }
