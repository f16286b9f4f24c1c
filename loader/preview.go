package loader

import "context"

// Preview is what a load would begin with.
type Preview struct {
	Table  string   `json:"table"`
	List   string   `json:"list"`             // key of the target
	Stream bool     `json:"stream,omitempty"` // it is a stream
	Key    []string `json:"key"`              // the columns by which the table is cut; none: it is not cut
	Index  string   `json:"index"`            // that they are of; empty: none, as in a view
	Layout Layout   `json:"layout"`           // how it is cut; empty for a table without rows

	Rows    uint64 `json:"rows"`            // of the plan, or else of the table
	Exact   bool   `json:"rows_exact"`      // they were counted; else the server's estimate
	Chunks  uint64 `json:"chunks"`          // of the plan, or what would become of the rows
	Bytes   uint64 `json:"bytes"`           // about what all rows take as elements, by the mean of some
	Sampled int    `json:"bytes_from_rows"` // rows that were read for that, of both ends of the table; 0: not known

	Elements int64  `json:"list_now"`
	Plan     string `json:"plan"`            // id of the plan that Redis holds; empty: none
	Marked   int    `json:"chunks_marked"`   // of that plan
	Cutting  bool   `json:"being_cut"`       // another process cuts the table at present
	Deletes  *Life  `json:"reset,omitempty"` // what would be deleted first
	Audit    *Audit `json:"audit,omitempty"` // of a job that is complete

	NotKnown []string `json:"not_known"` // what only a load finds out
}

// DryRun does all of a load up to its first write, and writes nothing. It fails as the
// load would, but does not wait for what may pass. With reset it is of a load that begins
// the job anew.
func (c Config) DryRun(ctx context.Context, reset bool) (Preview, error) {
	c = c.withDefaults()
	p, err := c.preview(ctx, reset)
	return p, c.explained(err)
}

func (c Config) preview(ctx context.Context, reset bool) (p Preview, err error) {
	if reset {
		life, err := c.Life(ctx)
		if err != nil {
			return p, err
		}
		if reset = !life.Empty(); reset {
			p.Deletes = &life
		}
	}
	found, err := c.preflight(ctx, reset)
	if err != nil {
		return p, err
	}
	job := found.src.named(c.Job)
	p.Table, p.List, p.Stream, p.Key, p.Index = job.Table, job.List, job.Stream, job.Key, found.src.index
	p.NotKnown = append([]string{}, found.unasked...)
	if err := p.lookAtList(ctx, c, found.plan == nil); err != nil {
		return p, err
	}
	if found.done() {
		audit, left, err := audit(ctx, c, found.plan)
		p.Audit = &audit
		if !c.Job.Stream { // of which the audit counts another thing
			p.Elements = audit.Elements
		}
		p.take(found.plan, found.marked)
		if err == nil && left > 0 {
			err = errForgotten
		}
		return p, err
	}
	p.NotKnown = append(p.NotKnown, "whether each value can be written as text, and whether Redis takes the largest row and has memory for all: only the load finds out")
	if found.plan != nil {
		p.take(found.plan, found.marked)
	} else if err := p.estimate(ctx, found.src, job); err != nil {
		return p, err
	}
	return p, p.weigh(ctx, found.src)
}

// take takes over what a plan says.
func (p *Preview) take(plan *Plan, marked int) {
	p.Plan, p.Marked, p.Rows, p.Exact, p.Chunks = plan.ID(), marked, plan.Rows, true, uint64(plan.Chunks())
	if plan.Rows > 0 {
		p.Layout = plan.Layout
	}
}

func (p *Preview) lookAtList(ctx context.Context, c Config, planless bool) error {
	keys := c.Job.Keys()
	target, err := measure(ctx, c.Redis, keys)
	if err != nil {
		return err
	}
	cutters, err := c.Redis.Exists(ctx, keys.Planning).Result()
	p.Elements, p.Cutting = target.now, planless && cutters > 0
	return redisProblem(err)
}
