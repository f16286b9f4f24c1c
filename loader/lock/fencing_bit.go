package lock

import (
	"context"
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// FencingBit is [Fencing] whose commit also looks at the chunk's bit. The token then only
// refuses, early, what the bit would refuse as well.
var FencingBit = Strategy{
	Name:    "fencing-bit",
	Summary: "lease with a fencing token, and a commit that also looks at the chunk's bit",

	How: "A lease and a token as in fencing. The script that commits asks two things: whether the token is the newest that was given out, and whether the chunk's bit is not set. It does so under the plan of the job, or not at all.",
	Rests: "On the bit. It is read and set in the same script as the rows are pushed, so a commit that arrives twice, late, or with a token of before the server's crash pushes nothing. " +
		"What is left is the server's memory: if it forgets rows, it forgets their bits too, and they are loaded again. A consumer that had taken them sees them twice.",
	Cost: "What fencing costs. The token is one request a chunk that lease-lua does not need.",
	Use:  "Where other systems check the same token as well. For the list alone, lease-lua does the same for less.",

	Clocked:     true,
	MaxRetries:  -1,
	Conditional: true,
	ListOnly:    true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return fenced(env, countUpUnderPlan, func(l setNXClaim, token int64) Claim { return fencedBitClaim{l, token} }), nil
	},
}

var (
	//go:embed fence_token.lua
	fenceTokenLua string
	//go:embed fence_bit.lua
	fenceBitLua string

	fenceTokenScript = redis.NewScript(fenceTokenLua)
	fenceBitScript   = redis.NewScript(fenceBitLua)
)

// countUpUnderPlan takes the next token of a chunk. In a Redis that has forgotten the plan it
// leaves nothing, for a token without a plan looks like a part of a job that was lost.
func countUpUnderPlan(ctx context.Context, env Env, chunk int) (int64, error) {
	token, err := fenceTokenScript.Run(ctx, env.Redis, []string{env.Keys.Owners, env.Keys.Plan}, chunk, env.PlanID).Int64()
	return token, planGone(err)
}

type fencedBitClaim struct {
	setNXClaim
	token int64
}

func (c fencedBitClaim) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	return commitFenced(ctx, fenceBitScript, c.Env, c.chunk, c.token, elements)
}
