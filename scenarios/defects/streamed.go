package defects

import (
	"context"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// An entry that was delivered is not new, whether its consumer lives or not, and
// whether the delivery arrived or not.
//
// Repair: XAUTOCLAIM, and no end while an entry is pending, as in consumer.Next.
var pendingNeverClaimed = Defect{
	Name:    "pending-never-claimed",
	Mistake: "A consumer reads new entries only, and what was delivered to a dead one stays pending.",
	Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
		s, err := consuming(pushAndAcknowledge)(ctx, env)
		return handOut{env, func(ctx context.Context, env lock.Env) (lock.Claim, error) {
			messages, err := s.(consumer).fresh(ctx)
			switch {
			case err != nil:
				return nil, err
			case len(messages) == 0:
				return nil, lock.ErrDone
			}
			return entry{lock.NewUnlocked(env, chunkOf(messages[0])), s.(consumer), messages[0].ID}, nil
		}}, err
	}),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// pushAndAcknowledge does both in one transaction.
func pushAndAcknowledge(ctx context.Context, e entry, elements [][]byte) error {
	_, err := e.Env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.LPush(ctx, e.Env.Keys.List, lock.Arguments(elements)...)
		tx.XAck(ctx, e.from.stream, group, e.id)
		return nil
	})
	return err
}

// Redis forgot the stream and its group with everything else, and no error is a better
// sign that there is work to do again.
//
// Repair: return the error, and fill the stream when the session is opened again.
var noGroupIsTheEnd = Defect{
	Name:     "no-group-is-the-end",
	Mistake:  "A consumer whose group is gone takes it that the job is done and was cleaned up.",
	Strategy: lock.Strategy{Open: consumingUntil("NOGROUP")},
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.RedisKill: 1}},
	Want:     reports.Lost,
}

// consumingUntil opens a session on the stream that ends with an error as well.
func consumingUntil(prefix string) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		s, err := consuming(func(ctx context.Context, e entry, elements [][]byte) error {
			if err := commitUnlessMarked(ctx, e.Env, e.Chunk(), elements); err != nil {
				return err
			}
			return e.Env.Redis.XAck(ctx, e.from.stream, group, e.id).Err()
		})(ctx, env)
		return handOut{env, func(ctx context.Context, _ lock.Env) (lock.Claim, error) {
			claim, err := s.Next(ctx)
			if redis.HasErrorPrefix(err, prefix) {
				err = lock.ErrDone
			}
			return claim, err
		}}, err
	}
}
