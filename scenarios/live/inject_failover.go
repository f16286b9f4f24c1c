package live

import (
	"context"
	"errors"
	"fmt"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
)

var _ = register(faults.Failover, failover{})

type failover struct{ offWire }

func (failover) Unable(o Options) string {
	if o.Redis != nil {
		return "the Redis server was not started here, and has no replica of the harness's own"
	}
	return ""
}

// Inject parts the replica from the primary, and ends the primary when the lag is over. The
// worker that stands at the position goes on then: what is lost is what the others were told
// meanwhile.
func (k failover) Inject(i *injection) {
	if i.redis.isAway() || i.replica.busy() {
		i.after(look, func() { k.Inject(i) })
		return
	}
	i.replica.serves = i.pendingFault
	part := func() (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		return "", i.replica.part(ctx)
	}
	i.attempt(part, func(string) {
		i.after(i.Restart, func() { k.end(i) })
	})
}

// end ends the primary. That has effect if it had acknowledged something of the job since
// the replica received nothing any more.
func (k failover) end(i *injection) {
	switch {
	case i.redis.isAway():
		i.after(look, func() { k.end(i) })
		return
	case i.workers.finished():
		i.replica.stop()
		i.abandon("every worker had ended before the primary was to die")
		return
	}
	i.redis.away()
	var lost []byte
	i.attempt(func() (evidence string, err error) {
		lost, evidence, err = i.endPrimary()
		return evidence, err
	}, func(evidence string) {
		if !i.outlives(toRedis) {
			i.goOn()
		}
		if i.ofTheJob(lost) {
			i.seen(evidence)
		} else {
			i.noEffect("the replica had received all that the job wrote: " + evidence)
		}
		i.noteServer(i.redis, reports.ServerGone, evidence)
		i.recovery.serverGone(i.pendingFault, loss{commits: i.persistence.Forgets(i.Kind)}, i.at())
		i.after(i.For, func() { k.takeOver(i) })
	})
}

// endPrimary returns what it had acknowledged without its replica. It answers workers at the latest
// where it answers what comes after them, so what had been streamed before an answer to the
// harness was acknowledged.
func (i *injection) endPrimary() (lost []byte, evidence string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverWait)
	defer cancel()
	client, err := i.admin(ctx)
	if err == nil {
		lost = i.replica.lacks.soFar()
		err = errors.Join(client.Ping(ctx).Err(), client.Close())
	}
	if err == nil {
		evidence, err = i.redis.Kill(ctx)
	}
	i.replica.stop()
	if err != nil {
		i.redis.back()
		return nil, "", fmt.Errorf("end the primary: %w", err)
	}
	return lost, fmt.Sprintf("%s; the replica lacks the last %s that it had acknowledged", evidence, format.Plural(int64(len(lost)), "byte", "bytes")), nil
}

// takeOver lets the replica answer in place of the primary, and then has one of its own again.
func (k failover) takeOver(i *injection) {
	follows := i.follows(i.pendingFault)
	i.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		evidence, err := i.replica.takeOver(ctx)
		var synced *synced
		if err == nil && follows {
			synced, err = i.followSyncs(ctx)
		}
		return func() {
			if err != nil {
				i.failure = err // nothing can be checked without it
				return
			}
			if follows {
				i.synced.stop() // of the server before
				i.synced = synced
			}
			i.redis.back()
			i.noteServer(i.redis, reports.ServerBack, evidence)
			i.attempt(i.replica.restore, func(again string) { i.healStale(evidence + "; " + again) })
		}
	})
}

// restore gives the server that took over a replica, so that the place can change again.
func (r *replica) restore() (evidence string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverWait)
	defer cancel()
	return r.comeBack(ctx)
}
