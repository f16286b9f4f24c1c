package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/check"
	"onceover/scenarios/target"
	"onceover/scenarios/verdict"
	"onceover/scenarios/worker"
)

// manyKeys is how many keys are looked for, or deleted, at a time.
const manyKeys = 10_000

// abandonWait is how long the user waits for the deletion of what is left in Redis. The
// next start deletes what stays.
const abandonWait = 3 * time.Second

// judge compares the target, straight from the server, with the table as it was
// made, and deletes what the run left in Redis.
func (r *run) judge(ctx context.Context, late bool, popped *consumers) (reports.Run, error) {
	trouble, err := r.vigil.end(ctx)
	if err != nil {
		return reports.Run{}, err
	}
	if err := r.world.dialMySQL(ctx); err != nil { // it may have another port by now
		return reports.Run{}, err
	}
	client, err := r.world.admin(ctx, r.redis)
	if err != nil {
		return reports.Run{}, err
	}
	defer client.Close()
	if err := r.silence(ctx, client); err != nil {
		return reports.Run{}, err
	}
	cost := r.cost(ctx, client)
	findings, err := r.findings(ctx, client, popped)
	if err != nil {
		return reports.Run{}, err
	}
	evidence := verdict.Evidence{
		Findings: findings, Target: r.target.String(), Unplanned: trouble,
		Ended: r.workers.allEnded(), DeadlineHit: late, Waited: r.began.Add(r.took).Sub(r.changed).Round(time.Millisecond),
		Faults: r.faults.plan.results(), Failures: r.workers.failures.count, LastFailure: r.workers.failures.reason(),
	}
	if !r.world.external() {
		bits, err := lock.ReadBitmap(ctx, client, lock.KeysFor(r.name).Chunks)
		if err != nil {
			return reports.Run{}, err
		}
		evidence.Marks, evidence.CommitsBy = &bits, r.workers.commits
		r.recovery.end(bits.Set, milliseconds(r.took))
	}
	r.examined.end(ctx, r, client)
	untidy := r.tearDown(ctx)
	judgement := verdict.Judge(evidence)
	judgement.Rows.Popped = popped.popped()
	r.note(reports.Event{Kind: reports.EventCheck, Worker: -1, Chunk: -1,
		Text: fmt.Sprintf("%v: %s", judgement.Verdicts, judgement.Why)})
	out := untidied(r.report(judgement, trouble), untidy)
	out.Cost = cost
	return out, errors.Join(r.nameForeign(ctx, client), r.clear(ctx, client))
}

// silence waits until the server has read what dead workers had sent, and has
// seen their connections end: what is judged must not change any more. A server
// of the user's own may have clients for ever, so it is not asked.
func (r *run) silence(ctx context.Context, client *redis.Client) error {
	if r.world.options.Redis != nil {
		return nil
	}
	for deadline := time.Now().Add(serverWait); ; _ = worker.Sleep(ctx, look) {
		list, err := client.Do(ctx, "client", "list", "type", "normal").Text() // replicas stay
		if err != nil {
			return fmt.Errorf("wait for the last request: %w", err)
		}
		r.meter.asked("client|list", 1)
		others := strings.Count(list, "\n") - 1
		if others <= 0 {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("%d connections to Redis have not ended", others)
		}
	}
}

func (r *run) report(j verdict.Judgement, trouble []string) reports.Run {
	out := reports.Run{
		Verdict: j.Verdict(), Why: j.Why, Rows: j.Rows, Witnesses: j.Witnesses,
		Faults: r.faults.plan.results(), Unplanned: trouble, DurationMS: r.took.Milliseconds(),
		RecoveryMS: r.recovery.took, CensoredMS: r.recovery.censored,
	}
	if len(j.Verdicts) > 1 {
		out.Verdicts = j.Verdicts
	}
	if j.Verdict() == reports.Safe && r.took > 0 {
		out.RowsPerSec = float64(j.Rows.Table) / r.took.Seconds()
	}
	return out
}

func (r *run) findings(ctx context.Context, client *redis.Client, popped *consumers) (check.Findings, error) {
	format := check.Exact
	if r.world.external() {
		format = check.Contract
	}
	options := check.Options{
		Format: format, Element: r.world.options.Element, TempDir: r.e.Folder, Chunks: r.plan.Chunks(), Rows: int64(r.e.Workload.Rows),
		ChunkOf: func(id int64) (int, bool) { return r.plan.ChunkOf(strconv.FormatInt(id, 10)) },
	}
	var places target.Places
	if len(r.target.Keys()) > 1 {
		options.Place = places.At
	}
	comparison := check.New(options)
	defer comparison.Close()
	take := func(e target.Element) error {
		places.Add(e.Key)
		return comparison.Element(e.Content)
	}
	if err := popped.each(take); err != nil {
		return check.Findings{}, err
	}
	left := func(e target.Element) error {
		if popped.saw(e.ID) {
			return nil
		}
		return take(e)
	}
	if err := r.target.Each(ctx, client, left); err != nil {
		return check.Findings{}, err
	}
	return comparison.Finish(r.truth())
}

// abandon deletes the keys of a run that came to nothing from the user's own
// server. Containers go as a whole, and until then have to take writes.
func (r *run) abandon(ctx context.Context) error {
	if r.world.options.Redis == nil {
		return r.faults.restore(ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonWait)
	defer cancel()
	defer r.world.sayWait("Redis", abandonWait, "delete the keys of the run")()
	client, err := r.world.admin(ctx, r.redis)
	if err == nil {
		err = r.clear(ctx, client)
		client.Close()
	}
	var late net.Error
	r.world.silent = errors.As(err, &late) && late.Timeout()
	if err != nil {
		r.world.options.Progress("left in Redis: keys that begin with %s or {%s}: %s", r.name, r.name, format.OneLine(err))
	}
	return nil
}

// empty takes everything out of a server of the harness's own, so that no run
// finds what another left under a fixed name.
func (r *run) empty(ctx context.Context) error {
	if r.world.options.Redis != nil {
		return nil
	}
	client, err := r.world.admin(ctx, r.redis)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.FlushAll(ctx).Err(); err != nil {
		return fmt.Errorf("empty Redis before the run: %w", err)
	}
	return nil
}

// nameForeign tells of keys that the workers left beside those of the run: on a
// server that is not emptied they would wait for the next job.
func (r *run) nameForeign(ctx context.Context, client *redis.Client) error {
	if r.world.options.Redis != nil {
		return nil
	}
	var first string
	foreign := 0
	keys := client.Scan(ctx, 0, "", manyKeys).Iterator()
	for keys.Next(ctx) {
		if key := keys.Val(); !strings.HasPrefix(key, r.name) && !strings.HasPrefix(key, "{"+r.name+"}") && !r.target.Is([]byte(key)) {
			foreign++
			first = cmp.Or(first, key)
		}
	}
	if foreign > 0 {
		r.note(reports.Event{Kind: reports.EventCheck, Worker: -1, Chunk: -1,
			Text: fmt.Sprintf("the workers left %s without the name of the list, such as %q: the next job on this server would find it",
				format.Plural(int64(foreign), "key", "keys"), first)})
	}
	if err := keys.Err(); err != nil {
		return fmt.Errorf("look for other keys: %w", err)
	}
	return nil
}

// clear deletes the keys of the run.
func (r *run) clear(ctx context.Context, client *redis.Client) error {
	base := lock.KeysFor(r.name)
	keys := append([]string{base.List, base.Plan, base.Chunks, base.Owners}, r.target.Keys()...)
	for i := range r.e.Workload.Consumers {
		keys = append(keys, fmt.Sprintf("%s:popped:%d", r.name, i))
	}
	for i := range r.plan.Chunks() {
		keys = append(keys, base.Lock(i))
	}
	for some := range slices.Chunk(keys, manyKeys) {
		if err := client.Unlink(ctx, some...).Err(); err != nil {
			return fmt.Errorf("delete the keys of the run: %w", err)
		}
	}
	return nil
}
