package loader

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

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
	job = src.named(job)
	held, err := findPlan(ctx, client, job.Keys())
	if err != nil {
		return nil, err
	}
	if held == (storedPlan{}) {
		plan, err := makePlan(ctx, src, job, strategy.Name)
		if err != nil {
			return nil, err
		}
		if held, err = store(ctx, client, plan, strategy); err != nil {
			return nil, err
		}
	}
	plan, err := openPlan(held.id, held.body)
	if err != nil {
		return nil, foreign(job, err.Error())
	}
	if difference := plan.differs(job, src.server, strategy.Name); difference != "" {
		return nil, foreign(job, difference)
	}
	if altered := plan.altered(src.types()); altered != "" {
		return nil, tableAltered(job, altered)
	}
	return plan, checkBitmap(ctx, client, plan)
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
	wanted := map[string]string{keys.List: "list", keys.Plan: "hash", keys.Chunks: "string", keys.Owners: "hash"}
	types := map[string]*redis.StatusCmd{}
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range []string{keys.List, keys.Plan, keys.Chunks, keys.Owners} {
			types[key] = p.Type(ctx, key)
		}
		return nil
	})
	if err != nil {
		return storedPlan{}, redisProblem(err)
	}
	for _, key := range []string{keys.List, keys.Plan, keys.Chunks, keys.Owners} {
		if is := types[key].Val(); is != "none" && is != wanted[key] {
			return storedPlan{}, &Error{
				Problem: WrongListType,
				What:    fmt.Sprintf("key %s holds a %s, and a %s is needed there", key, is, wanted[key]),
				Try:     "another --list",
			}
		}
	}
	fields, err := client.HMGet(ctx, keys.Plan, "id", "body").Result()
	if err != nil {
		return storedPlan{}, redisProblem(err)
	}
	held := asStored(fields)
	if held == (storedPlan{}) && (types[keys.Chunks].Val() != "none" || types[keys.Owners].Val() != "none") {
		return storedPlan{}, staleBits(keys)
	}
	return held, nil
}

func store(ctx context.Context, client *redis.Client, plan *Plan, strategy lock.Strategy) (storedPlan, error) {
	body, err := json.Marshal(plan)
	if err != nil {
		return storedPlan{}, err
	}
	keys := plan.Job.Keys()
	used := []string{keys.Plan, keys.Chunks, keys.Owners, keys.List, keys.Lock(0)}
	args := []any{plan.id, body}
	for _, need := range strategy.Needs(keys) {
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
func (p *Plan) differs(job Job, server, strategy string) string {
	theirs := p.Job
	switch {
	case p.Server != server:
		return fmt.Sprintf("its table is on the MySQL server %s, and this is the server %s", p.Server, server)
	case theirs.Table != job.Table:
		return fmt.Sprintf("it loads table %s, not %s", theirs.Table, job.Table)
	case theirs.List != job.List:
		return fmt.Sprintf("it loads list %s, not %s", theirs.List, job.List)
	case theirs.Key != job.Key:
		return fmt.Sprintf("its key is %s, not %s", theirs.Key, job.Key)
	case theirs.ChunkSize != job.ChunkSize:
		return fmt.Sprintf("its chunk size is %d, not %d", theirs.ChunkSize, job.ChunkSize)
	case !slices.Equal(theirs.Columns, job.Columns):
		return fmt.Sprintf("it loads columns %v, not %v", theirs.Columns, job.Columns)
	case !slices.Equal(theirs.Base64, job.Base64):
		return fmt.Sprintf("it loads the bytes of columns %v, not of %v", theirs.Base64, job.Base64)
	case p.Strategy != strategy:
		return fmt.Sprintf("its strategy is %s, not %s", p.Strategy, strategy)
	}
	return ""
}

// altered says which column's type is not any more what it was, or "".
func (p *Plan) altered(types []string) string {
	for i, was := range p.Types {
		if types[i] != was {
			return fmt.Sprintf("column %s was %s and is %s", p.Job.Columns[i], was, types[i])
		}
	}
	return ""
}

// checkBitmap refuses a bitmap in which chunks are marked that the plan does not have.
// To count a range of bits takes Redis 7.
func checkBitmap(ctx context.Context, client *redis.Client, plan *Plan) error {
	bits, err := lock.ReadBitmap(ctx, client, plan.Job.Keys().Chunks)
	if err != nil {
		return redisProblem(err)
	}
	if last := bits.Last(); last >= plan.Chunks() {
		return foreign(plan.Job, fmt.Sprintf("its bitmap marks chunk %d, beyond the plan's %d", last, plan.Chunks()))
	}
	return nil
}

func foreign(job Job, why string) error {
	return &Error{
		Problem: ForeignPlan,
		What:    fmt.Sprintf("list %s already belongs to another job: %s", job.List, why),
		Try:     "the same options as that job, or another --list",
	}
}

func staleBits(keys lock.Keys) error {
	return &Error{
		Problem: ForeignPlan,
		What:    fmt.Sprintf("%s or %s exists without a plan: it belongs to another job, or Redis has lost a part of this one", keys.Chunks, keys.Owners),
		Try:     "another --list; or, if no other job uses them, delete both keys and the list, and load anew",
	}
}
