package defects

import (
	"context"
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// A repair shows that the mistake is what is caught: with it, the same search
// in the same set-up finds nothing.
var repairs = map[string]Defect{
	unlockWithoutToken.Name:    {Strategy: lock.Strategy{Open: sweep(lock.UntilDone, takeJob)}},
	unlockGetThenDel.Name:      {Strategy: lock.Strategy{Open: sweep(lock.UntilDone, takeJob)}},
	unlockThoughRefused.Name:   {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	unlockOnSuccessOnly.Name:   {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	ttlShorterThanWork.Name:    {Strategy: noRetries(fencedBy(uncommitted))},
	setThenExpire.Name:         {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	noRecheckAfterLock.Name:    {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	bitmapErrorAsZero.Name:     {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	releaseBeforeCommit.Name:   {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	releaseAfterTimeout.Name:   {Strategy: noRetries(fencedBy(uncommitted))},
	renewalAfterExpiry.Name:    {Strategy: noRetries(fencedBy(stillHeld))},
	renewalTrusted.Name:        {Strategy: noRetries(renewedBy(compareAndExpire, stillHeld))},
	tokenComparedByClient.Name: {Strategy: noRetries(fencedBy(stillHeld))},
	fencingByClock.Name:        {Strategy: noRetries(fencedBy(stillHeld))},
	tokenNotUnique.Name: {Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := takeLease(ctx, env, chunk)
		return unreleased{fenced{lease, env.Token, stillHeld}}, err
	}))},
	tokenAfterLook.Name: {Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := obtain(ctx, env, chunk, env.Keys.Lock(chunk))
		if err != nil {
			return nil, err
		}
		claim, err := drawToken(ctx, lease)
		if err != nil {
			return nil, err
		}
		return claim, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
	}))},
	fenceForgotten.Name: {Strategy: lock.Strategy{Open: fencedBy(uncommitted)}},
	ownNameNotExcluded.Name: {Reads: true, Strategy: lock.Strategy{MaxRetries: -1, Conditional: true,
		Open: onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
			claim, err := takeName(ctx, env, on, chunk)
			if err == nil && claim.others() {
				err = lock.ErrHeld
			}
			return keepsName{claim}, err
		})}},
	loserKeepsName.Name:      {Strategy: noRetries(onOneConn(takeNameOrLeave))},
	idleTakenForDead.Name:    {Strategy: noRetries(onOneConn(takeNameOrLeave))},
	nameLostOnReconnect.Name: {Reads: true, Strategy: lock.Strategy{Open: onOneConn(takeNameOrLeave)}},
	getLockThroughPool.Name:  {Reads: true, Strategy: noRetries(onOneSession(getLock))},
	getLockConnectionLost.Name: {Reads: true, Strategy: noRetries(onOneSession(func(ctx context.Context, env lock.Env, on querier, chunk int) (lock.Claim, error) {
		claim, err := getLock(ctx, env, on, chunk)
		if err != nil {
			return nil, err
		}
		return once{claim, env}, nil
	}))},

	lostBitTakenForNone.Name: {Strategy: noRetries(commitBy(owned(uncommitted + " and " + unowned)))},
	lockThrownAway.Name:      {Strategy: noRetries(sweep(lock.UntilDone, underLease(owned(uncommitted+" and "+unowned))))},
	pushErrorIgnored.Name:    {Strategy: noRetries(commitBy(inOneTransaction))},
	blindResend.Name: {Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) (err error) {
		for range 3 {
			if err = lock.Unmarked(ctx, env.Redis, env.Keys, chunk); errors.Is(err, lock.ErrCommitted) {
				return nil
			}
			if _, err = lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements); err == nil {
				return nil
			}
		}
		return err
	}))},
	clientRetriesOn.Name:        {Strategy: lock.Strategy{Open: commitBy(inOneTransaction)}},
	evalWithoutGuard.Name:       {Strategy: lock.Strategy{Open: commitBy(inOneScript)}},
	pushOutsideTransaction.Name: {Strategy: noRetries(commitBy(inOneTransaction))},
	bitBeforePush.Name:          {Strategy: noRetries(commitBy(inOneTransaction))},
	doneFlagInMySQL.Name: {Program: lockingRows(func(ctx context.Context, s servers, chunk int, elements [][]byte) error {
		return s.commit(ctx, chunk, elements)
	})},
	scriptTakenForTransaction.Name: {Strategy: noRetries(commitBy(undoing))},
	execWithoutRollback.Name:       {Strategy: noRetries(commitBy(undoing))},
	doneIsLocal.Name:               {Strategy: noRetries(commitBy(inOneTransaction))},
	progressExpires.Name:           {Strategy: noRetries(commitBy(inOneTransaction))},
	watchWrongKey.Name:             {Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, watchingBitmap)))},
	watchConflictTakenForDone.Name: {Strategy: noRetries(sweep(lock.Shuffled, but(lookOnly, watchingBitmap)))},

	skippedChunk.Name:   {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	counterAsClaim.Name: {Strategy: noRetries(inOrder(counterAsClaim.Strategy.Open, commitBy(inOneScript)))},
	popThenWork.Name: {Strategy: noRetries(handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
		queue := env.Keys.List + ":queue"
		if err := fill(ctx, env, queue); err != nil {
			return nil, err
		}
		chunk, err := env.Redis.LIndex(ctx, queue, 0).Int()
		if errors.Is(err, redis.Nil) {
			err = lock.ErrDone
		}
		return committing{lock.NewUnlocked(env, chunk), func(ctx context.Context, env lock.Env, _ int, elements [][]byte) error {
			_, err := env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
				tx.LPush(ctx, env.Keys.List, lock.Arguments(elements)...)
				tx.LPop(ctx, queue)
				return nil
			})
			return err
		}}, err
	}))},
	staticShares.Name:      {Strategy: noRetries(inOrder(staticShares.Strategy.Open, fencedBy(uncommitted)))},
	clearsListOnStart.Name: {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	ackBeforePush.Name:     {Strategy: noRetries(consuming(pushAndAcknowledge))},
	claimedFromTheLiving.Name: {Strategy: noRetries(consuming(func(ctx context.Context, e entry, elements [][]byte) error {
		return e.Env.Redis.Eval(ctx, `
			if redis.call('XACK', KEYS[2], ARGV[1], ARGV[2]) == 1 then
			  redis.call('LPUSH', KEYS[1], unpack(ARGV, 3))
			end
			return 1`, []string{e.Env.Keys.List, e.from.stream},
			append([]any{group, e.id}, lock.Arguments(elements)...)...).Err()
	}))},
	scanCursorForgotten.Name: {Strategy: noRetries(markingByKey(func(ctx context.Context, env lock.Env, pattern string) (keys []string, err error) {
		all := env.Redis.Scan(ctx, 0, pattern, 0).Iterator()
		for all.Next(ctx) {
			keys = append(keys, all.Val())
		}
		return keys, all.Err()
	}))},

	offByOneBorders.Name:    {Program: shares("id > %d AND id <= %d", 0)},
	offByOneGap.Name:        {Program: shares("id > %d AND id <= %d", 0)},
	bordersFromCount.Name:   {Program: shares("id > %d AND id <= %d", 0)},
	idDivSizeChunk.Name:     {Program: chunkAfterChunk},
	chunkSizeNotAgreed.Name: {Program: chunkAfterChunk},
	rowsErrIgnored.Name:     {Program: chunkAfterChunk},
	shortResultTaken.Name:   {Reads: true, Strategy: lock.LeaseLua},

	lockWithoutTTL.Name: {Strategy: noRetries(sweep(lock.UntilDone, takeLease))},
	ownLockTakenForAnothers.Name: {Strategy: lock.Strategy{Open: sweep(lock.OnePass, func(ctx context.Context, env lock.Env, chunk int) (leased, error) {
		lease, err := takeLease(ctx, env, chunk)
		if key := env.Keys.Lock(chunk); errors.Is(err, lock.ErrHeld) && env.Redis.Get(ctx, key).Val() == env.Token {
			lease, err = leased{lock.NewUnlocked(env, chunk), key}, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
		}
		return lease, err
	})}},
	renewalTakesBack.Name:   {Reads: true, Strategy: noRetries(renewedBy(compareAndExpire, stillHeld))},
	lockedInAutocommit.Name: {Program: lockingRows(commitOnce)},

	nameAfterList.Name:         {Strategy: byNames(onOneConn(takeNameOrLeave))},
	nameNeverFound.Name:        {Strategy: byNames(onOneConn(takeNameOrLeave))},
	nameWithinAnother.Name:     {Strategy: byNames(byBinaryNames(lock.Bearers))},
	refusedListIsEmpty.Name:    {Strategy: byNames(onOneConn(takeNameUnless(func(_ named, err error) bool { return err != nil })))},
	nameOutlivesItsHost.Name:   {Strategy: byNames(onOneConn(takeNameOrLeave))},
	nameTakenOffElsewhere.Name: {Strategy: byNames(onOneConn(takeNameOrLeave))},

	markedWithTheLastSlice.Name: {Strategy: noRetries(commitBy(inOneTransaction))},
	pushBeforeMarkInScript.Name: {Strategy: noRetries(commitBy(undoing))},
	dedupKeyExpires.Name:        {Strategy: noRetries(sweep(lock.UntilDone, pushingIf(`redis.call('SET', KEYS[3], 1, 'NX')`)))},
	watchAfterLook.Name:         {Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, watchingBitmap)))},
	stoppedByWatchIgnored.Name:  {Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, watchingBitmap)))},

	counterAskedTwice.Name: {Strategy: lock.Strategy{Open: inOrder(counterAsClaim.Strategy.Open, commitBy(inOneScript))}},
	recoveredTwice.Name: {Strategy: noRetries(fromOwnHands(func(ctx context.Context, env lock.Env, hands, queue string) error {
		return env.Redis.Eval(ctx, `while redis.call('RPOPLPUSH', KEYS[1], KEYS[2]) do end return 1`, []string{hands, queue}).Err()
	}))},
	retriedUnderNewID.Name:   {Strategy: noRetries(handedOut(queuedJobs(func(job string) string { return job })))},
	claimFlagStays.Name:      {Program: lockingRows(commitOnce)},
	pendingNeverClaimed.Name: {Strategy: noRetries(consuming(pushAndAcknowledge))},
	noGroupIsTheEnd.Name:     {Strategy: lock.Strategy{Open: consumingUntil("no such error")}},

	progressInMemory.Name:     {Strategy: noRetries(commitBy(inOneTransaction))},
	resumesAfterTheLast.Name:  {Strategy: noRetries(resumingAt(func(lock.Bitmap) int { return 0 }))},
	countedApart.Name:         {Strategy: noRetries(untilCounted(countedTogether))},
	waitsForMoreThanAll.Name:  {Strategy: noRetries(skippedThenWaits(func(done, chunks int) bool { return done >= chunks }))},
	finisherDeletesMarks.Name: {Strategy: noRetries(fencedBy(uncommitted))},

	offsetWhileDeleting.Name: {Program: shares("id > %d AND id <= %d", 0)},
	borderBeforeInsert.Name:  {Program: writingAndMoving(eachInbox)},
	markAboveOpenRow.Name:    {Program: writingAndMoving(eachInbox)},
}

// undoing commits by the script of the safe strategies, under a plan that it stores.
func undoing(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	if err := env.Redis.HSetNX(ctx, env.Keys.Plan, "id", env.PlanID).Err(); err != nil {
		return err
	}
	_, err := lock.NewConditional(env, chunk, lock.CommitScript).Commit(ctx, elements)
	return err
}

// once is a claim whose commit is on condition that nobody has committed.
type once struct {
	lock.Claim
	env lock.Env
}

func (c once) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return committed(c.Chunk(), inOneScript(ctx, c.env, c.Chunk(), elements))
}

// inOrder opens a session that goes on with a second when the first is done.
// Commits of both are on condition that nobody has committed.
func inOrder(first, second opening) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		a, err := first(ctx, env)
		if err != nil {
			return nil, err
		}
		b, err := second(ctx, env)
		return &sequence{env, []lock.Session{a, b}}, err
	}
}

type sequence struct {
	env  lock.Env
	left []lock.Session
}

func (s *sequence) Next(ctx context.Context) (lock.Claim, error) {
	claim, err := s.left[0].Next(ctx)
	if errors.Is(err, lock.ErrDone) && len(s.left) > 1 {
		s.left = s.left[1:]
		return s.Next(ctx)
	}
	if err != nil {
		return nil, err
	}
	return once{claim, s.env}, nil
}

func (*sequence) Close() error { return nil }

// countedTogether commits and counts in one transaction.
func countedTogether(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	_, err := env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.LPush(ctx, env.Keys.List, lock.Arguments(elements)...)
		tx.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1)
		tx.Incr(ctx, finishedKey(env))
		return nil
	})
	return err
}

// eachInbox marks every row that it moves, and is done when all are marked.
func eachInbox(ctx context.Context, s servers, rows int) (done bool, _ error) {
	ids, err := s.inbox(ctx, "id > 0")
	if err != nil {
		return false, err
	}
	return len(ids) == rows, s.commitEach(ctx, ids)
}

func TestRepairsPass(t *testing.T) {
	for _, d := range All() {
		t.Run(d.Name, func(t *testing.T) {
			repair, ok := repairs[d.Name]
			if !ok {
				t.Fatal("there is no repair")
			}
			repair.Name, repair.Strategy.Name, repair.Setup = d.Name+", repaired", d.Name, d.Setup
			passes(t, repair.Scene())
		})
	}
}
