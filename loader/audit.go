package loader

import (
	"context"
	"fmt"
)

// Audit is what table and list hold when every chunk of a plan is marked. Complete is
// said of both, and not of the marks alone.
type Audit struct {
	Planned  uint64 // rows of the table when the plan was made
	Rows     uint64 // of the table now
	Elements int64  // of the list now

	moved bool // the table's keys begin or end elsewhere
	table string
	list  string
}

// audit looks at the table and at the list of a job that is complete.
func audit(ctx context.Context, cfg Config, plan *Plan) (Audit, error) {
	src, err := openSource(ctx, cfg.DB, cfg.Job)
	if err != nil {
		return Audit{}, err
	}
	if altered := plan.altered(src.types()); altered != "" {
		return Audit{}, tableAltered(cfg.Job, altered)
	}
	now, err := src.extent(ctx)
	if err != nil {
		return Audit{}, err
	}
	elements, err := cfg.Redis.LLen(ctx, cfg.Job.List).Result()
	if err != nil {
		return Audit{}, redisProblem(err)
	}
	return Audit{
		Planned: plan.Rows, Rows: now.rows, Elements: elements,
		moved: now.first != plan.First || now.last != plan.Last,
		table: cfg.Job.Table, list: cfg.Job.List,
	}, nil
}

// Problem says what has changed, or nil. Consumers tells that elements are taken from
// the list, so that one with fewer of them than rows is as it should be.
func (a Audit) Problem(consumers bool) error {
	const anew = "delete the list and the keys beside it, and load anew"
	switch {
	case a.Rows != a.Planned:
		return &Error{Problem: TableChanged, Try: anew + "; or load what is new into another list",
			What: fmt.Sprintf("every chunk of the plan is loaded, but the plan is of %d rows, and table %s has %d now", a.Planned, a.table, a.Rows)}
	case a.moved:
		return &Error{Problem: TableChanged, Try: anew + "; or load what is new into another list",
			What: fmt.Sprintf("every chunk of the plan is loaded, but table %s has other keys now than the plan was made of", a.table)}
	case !consumers && a.Elements < int64(a.Rows):
		return &Error{Problem: ListChanged, Try: "--consumers, if something takes elements from the list; otherwise " + anew,
			What: fmt.Sprintf("every chunk of the plan was loaded, but list %s holds %d elements for %d rows", a.list, a.Elements, a.Rows)}
	}
	return nil
}
