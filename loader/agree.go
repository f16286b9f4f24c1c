package loader

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

//go:embed agree.lua
var agreeLua string

var agreeScript = redis.NewScript(agreeLua)

// agree returns the plan of a job: the one that Redis holds, or a new one,
// which it stores unless another worker was faster. Nothing is written before
// table, job and keys were found to be good.
func agree(ctx context.Context, client *redis.Client, src *source, job Job, strategy lock.Strategy) (*Plan, error) {
	asked := job
	job = src.named(job)
	held, err := findPlan(ctx, client, job.Keys())
	if err != nil {
		return nil, err
	}
	if held == (storedPlan{}) {
		before, err := measure(ctx, client, job.Keys())
		if err != nil {
			return nil, err
		}
		plan, err := makePlan(ctx, src, job, strategy.Name, before.ever)
		if err != nil {
			return nil, err
		}
		if held, err = store(ctx, client, plan, strategy); err != nil {
			return nil, err
		}
	}
	return accept(ctx, client, held, src, asked, strategy)
}

// accept opens the plan that Redis holds, if it is one of this job.
func accept(ctx context.Context, client *redis.Client, held storedPlan, src *source, asked Job, strategy lock.Strategy) (*Plan, error) {
	job := src.named(asked)
	plan, err := openPlan(held.id, held.body)
	if err != nil {
		return nil, unreadable(job, err)
	}
	if len(asked.Columns) == 0 && plan.Job.Table == job.Table {
		if altered := plan.altered(src); altered != "" {
			return nil, tableAltered(job, altered)
		}
	}
	if difference := plan.differs(job, src.server, strategy.Name, src.snapshot.ID()); difference != "" {
		return nil, foreign(job, difference)
	}
	if altered := plan.altered(src); altered != "" {
		return nil, tableAltered(job, altered)
	}
	if err := checkBitmap(ctx, client, plan); err != nil {
		return nil, err
	}
	return plan, plan.checkSnapshot(ctx, client, src.snapshot.ID())
}

// checkSnapshot refuses a job of another snapshot, unless nothing of it is left to read.
func (p *Plan) checkSnapshot(ctx context.Context, client *redis.Client, id string) error {
	if p.Snapshot == id {
		return nil
	}
	marked, err := client.BitCount(ctx, p.Job.Keys().Chunks, nil).Result()
	if err == nil && marked < int64(p.Chunks()) {
		return p.refuseSnapshot("is being loaded")
	}
	return redisProblem(err)
}

// storedPlan is a plan as Redis holds it; commits are compared with the id.
type storedPlan struct{ id, body string }

func asStored(fields []any) storedPlan {
	id, _ := fields[0].(string)
	body, _ := fields[1].(string)
	return storedPlan{id, body}
}

// findPlan reads the stored plan, which is empty if there is none, and refuses
// keys that hold something else.
func findPlan(ctx context.Context, client *redis.Client, keys lock.Keys) (storedPlan, error) {
	held, marks, err := readPlan(ctx, client, keys)
	if err == nil && held == (storedPlan{}) && marks {
		return held, staleBits(keys)
	}
	return held, err
}

// readPlan also tells whether there are marks, whosever they are.
func readPlan(ctx context.Context, client *redis.Client, keys lock.Keys) (held storedPlan, marks bool, err error) {
	job := Job{List: keys.List, Stream: keys.Stream}
	wanted := map[string]string{keys.List: job.Kind(), keys.Plan: "hash", keys.Chunks: "string", keys.Owners: "hash"}
	types := map[string]*redis.StatusCmd{}
	_, err = client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range []string{keys.List, keys.Plan, keys.Chunks, keys.Owners} {
			types[key] = p.Type(ctx, key)
		}
		return nil
	})
	if err != nil {
		return held, false, redisProblem(err)
	}
	for _, key := range []string{keys.List, keys.Plan, keys.Chunks, keys.Owners} {
		if is := types[key].Val(); is != "none" && is != wanted[key] {
			return held, false, &Error{
				Problem: WrongListType,
				What:    fmt.Sprintf("key %s holds a %s, and a %s is needed there", key, is, wanted[key]),
				Try:     job.another(),
			}
		}
	}
	if err := refuseFormer(ctx, client, keys); err != nil {
		return held, false, err
	}
	fields, err := client.HMGet(ctx, keys.Plan, "id", "body").Result()
	if err != nil {
		return held, false, redisProblem(err)
	}
	return asStored(fields), types[keys.Chunks].Val() != "none" || types[keys.Owners].Val() != "none", nil
}

// refuseFormer refuses a list of which a plan stands where earlier versions kept it: to
// begin anew beside it would load every row once more.
func refuseFormer(ctx context.Context, client *redis.Client, keys lock.Keys) error {
	former := keys.Former()
	if former == "" {
		return nil
	}
	body, err := client.HGet(ctx, former, "body").Result()
	var plan Plan
	if err != nil || json.Unmarshal([]byte(body), &plan) != nil || plan.Job.List != keys.List {
		return nil // something else
	}
	return unreadable(plan.Job, fmt.Errorf("an earlier version of this program has its plan at %s", former))
}

// store stores a plan, unless another is stored already, and returns the one that counts.
func store(ctx context.Context, client *redis.Client, plan *Plan, strategy lock.Strategy) (storedPlan, error) {
	body, err := plan.body()
	if err != nil {
		return storedPlan{}, err
	}
	keys := plan.Job.Keys()
	return runAgree(ctx, client, keys, strategy.Needs(keys), plan.id, body)
}

// askRights asks for what is needed of Redis, and stores nothing.
func askRights(ctx context.Context, client *redis.Client, keys lock.Keys, needs []lock.Need) error {
	_, err := runAgree(ctx, client, keys, needs, "", "")
	return err
}

func runAgree(ctx context.Context, client *redis.Client, keys lock.Keys, needs []lock.Need, id, body string) (storedPlan, error) {
	used := []string{keys.Plan, keys.Chunks, keys.Owners, keys.List, keys.Lock(0)}
	args := []any{id, body}
	for _, need := range needs {
		if strings.Contains(need.Command, "|") {
			continue // a script cannot ask for one
		}
		if !slices.Contains(used, need.Key) {
			used = append(used, need.Key)
		}
		args = append(args, need.Command, slices.Index(used, need.Key)+1)
	}
	fields, err := agreeScript.Run(ctx, client, used, args...).Slice()
	if redis.HasErrorPrefix(err, "STALEBITS") {
		return storedPlan{}, staleBits(keys)
	}
	if err != nil {
		return storedPlan{}, redisProblem(err)
	}
	return asStored(fields), nil
}

// openPlan reads a stored plan. One that was stored under an id that is not its
// own has been tampered with, and no commit under it would be accepted.
func openPlan(id, body string) (*Plan, error) {
	var plan Plan
	if err := json.Unmarshal([]byte(body), &plan); err != nil {
		return nil, fmt.Errorf("the stored plan cannot be read: %w", err)
	}
	if plan.Version != planVersion {
		return nil, fmt.Errorf("the stored plan is of version %d, this program makes version %d", plan.Version, planVersion)
	}
	if err := plan.seal(); err != nil {
		return nil, fmt.Errorf("the stored plan is not sound: %w", err)
	}
	if plan.id != id {
		return nil, fmt.Errorf("the stored plan has the id %s and is stored as %q", plan.id, id)
	}
	return &plan, nil
}

// differs says in which way a plan was made for another job, or "".
func (p *Plan) differs(job Job, server, strategy, snapshot string) string {
	theirs := p.Job
	switch {
	case p.Server == "" && server != "":
		return "it was begun with --any-server, and this command is without"
	case p.Server != server && server != "":
		return fmt.Sprintf("its table is on the MySQL server %s, and this is the server %s (--any-server, if both have the same data)", p.Server, server)
	case theirs.Table != job.Table:
		return fmt.Sprintf("it loads table %s, not %s", theirs.Table, job.Table)
	case theirs.List != job.List:
		return fmt.Sprintf("it loads %s, not %s", theirs.Target(), job.Target())
	case theirs.Stream != job.Stream:
		return fmt.Sprintf("its target is a %s, not a %s", theirs.Kind(), job.Kind())
	case theirs.Right != job.Right:
		return fmt.Sprintf("it pushes to the list's %s end (--push), not to the %s", end(theirs), end(job))
	case !slices.Equal(theirs.Key, job.Key):
		return fmt.Sprintf("its key is %s, not %s", strings.Join(theirs.Key, ", "), strings.Join(job.Key, ", "))
	case theirs.Where != job.Where:
		return fmt.Sprintf("its condition is %q, not %q", theirs.Where, job.Where)
	case theirs.ChunkSize != job.ChunkSize:
		return fmt.Sprintf("its chunk size is %d, not %d", theirs.ChunkSize, job.ChunkSize)
	case !slices.Equal(theirs.Columns, job.Columns):
		return fmt.Sprintf("it loads columns %v, not %v", theirs.Columns, job.Columns)
	case !slices.Equal(theirs.Base64, job.Base64):
		return fmt.Sprintf("it loads the bytes of columns %v, not of %v", theirs.Base64, job.Base64)
	case p.Snapshot == "" && snapshot != "":
		return "it was begun without --snapshot, and this command is with it"
	case p.Snapshot != "" && snapshot == "":
		return "it was begun with --snapshot, and this command is without it"
	case p.Strategy != strategy:
		return fmt.Sprintf("its strategy is %s, not %s", p.Strategy, strategy)
	}
	return ""
}

func end(job Job) string {
	if job.Right {
		return "right"
	}
	return "left"
}

// altered says what is not any more what it was of the columns, or "".
func (p *Plan) altered(src *source) string {
	names := src.named(src.job).Columns
	if !slices.Equal(p.Job.Columns, names) {
		return fmt.Sprintf("its columns were %v and are %v", p.Job.Columns, names)
	}
	for i, is := range src.key.types() {
		if slices.Equal(p.Job.Key, src.key.names()) && p.KeyTypes[i] != is {
			return fmt.Sprintf("key column %s was %s and is %s", src.key[i].name, p.KeyTypes[i], is)
		}
	}
	for i, is := range src.types() {
		if was := p.Types[i]; was != is {
			return fmt.Sprintf("column %s was %s and is %s", names[i], was, is)
		}
	}
	return ""
}

// checkBitmap refuses a bitmap in which chunks are marked that the plan does not have.
// Redis counts whole bytes; a range of bits it counts from version 7 on. The marks
// themselves are not looked at: what a worker saw would tell it from all others.
func checkBitmap(ctx context.Context, client *redis.Client, plan *Plan) error {
	keys, chunks := plan.Job.Keys(), int64(plan.Chunks())
	var bytes *redis.IntCmd
	var bits []*redis.IntCmd
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		bytes = p.BitCount(ctx, keys.Chunks, &redis.BitCount{Start: (chunks + 7) / 8, End: -1})
		for i := chunks; i%8 != 0; i++ {
			bits = append(bits, p.GetBit(ctx, keys.Chunks, i))
		}
		return nil
	})
	if err != nil {
		return redisProblem(err)
	}
	beyond := bytes.Val()
	for _, b := range bits {
		beyond += b.Val()
	}
	if beyond > 0 {
		return foreign(plan.Job, fmt.Sprintf("its bitmap marks chunks beyond the plan's %d", chunks))
	}
	return nil
}

func foreign(job Job, why string) error {
	return &Error{
		Problem: ForeignPlan,
		What:    fmt.Sprintf("%s already belongs to another job: %s", job.Target(), why),
		Try:     "the same options as that job, or " + job.another(),
	}
}

// unreadable is of a plan that this program cannot go by.
func unreadable(job Job, err error) error {
	return &Error{
		Problem: ForeignPlan,
		What:    fmt.Sprintf("%s already belongs to another job: %v", job.Target(), err),
		Try:     job.another() + ", or the version of this program that began it; or " + job.startAnew(),
	}
}

func staleBits(keys lock.Keys) error {
	job := Job{List: keys.List, Stream: keys.Stream}
	return &Error{
		Problem: ForeignPlan,
		What:    fmt.Sprintf("%s or %s exists without a plan: it belongs to another job, or Redis has lost a part of this one", keys.Chunks, keys.Owners),
		Try:     job.another() + "; or, if no other job uses them, delete both keys and the " + job.Kind() + ", and load anew",
	}
}
