package loader

import (
	"context"
	"errors"
	"fmt"
)

// Audit is what table and list hold when every chunk of a plan is marked. Complete is
// said of both, and not of the marks alone. What it cannot see: a row that came while
// another went, both between the first key and the last.
//
// Of a stream, entries are counted that were ever added: consumers may delete them. Before
// version 7, Redis knows only how many there are.
type Audit struct {
	Planned  uint64 `json:"rows_planned"` // rows of the table when the plan was made
	Rows     uint64 `json:"rows_now"`     // of the table, or in the snapshot of a load in one snapshot
	Before   int64  `json:"list_before"`  // elements of the list when the plan was made; of a stream, see below
	Elements int64  `json:"list_now"`     // likewise

	moved  bool // the table's keys begin or end elsewhere
	table  string
	list   string
	stream bool
	meant  string // which rows, after the word
}

// audit looks at the table and at the list of a job that was complete, and counts the
// chunks that are not marked any more.
func audit(ctx context.Context, cfg Config, plan *Plan) (a Audit, left int, err error) {
	src, err := cfg.openSource(ctx)
	var known *Error
	if errors.As(err, &known) && (known.Problem == NoKey || known.Problem == NoColumn) {
		return a, 0, tableAltered(cfg.Job, known.What) // it had that when the job began
	}
	if err != nil {
		return a, 0, err
	}
	if altered := plan.altered(src); altered != "" {
		return a, 0, tableAltered(cfg.Job, altered)
	}
	now := extent{plan.Rows, plan.First, plan.Last}
	if plan.Snapshot == src.snapshot.ID() { // else nobody can count in it any more
		if now, err = src.extent(ctx); err != nil {
			return a, 0, err
		}
	}
	held, err := cfg.standing(ctx, cfg.Redis, plan)
	if err != nil || held.left > 0 {
		return a, held.left, err
	}
	return Audit{
		Planned: plan.Rows, Rows: now.rows, Before: plan.Before, Elements: held.target.ever,
		moved: now.first != plan.First || now.last != plan.Last,
		table: cfg.Job.Table, list: cfg.Job.List, stream: cfg.Job.Stream, meant: cfg.Job.satisfying(),
	}, 0, nil
}

// Problem says what has changed, or nil. Shared tells that others take elements from the
// list or push some, so that its length says nothing.
func (a Audit) Problem(shared bool) error {
	job := a.job()
	orNew := job.startAnew() + "; or load what is new into another " + job.Kind()
	switch {
	case a.Rows != a.Planned:
		return &Error{Problem: TableChanged, Try: orNew,
			What: fmt.Sprintf("every chunk of the plan is loaded, but the plan is of %d rows, and table %s has %d now%s", a.Planned, a.table, a.Rows, a.meant)}
	case a.moved:
		return &Error{Problem: TableChanged, Try: orNew,
			What: fmt.Sprintf("every chunk of the plan is loaded, but rows of table %s%s have other keys now than the plan was made of", a.table, a.meant)}
	case !shared && a.Elements != a.Before+int64(a.Rows):
		return a.otherLength()
	}
	return nil
}

func (a Audit) job() Job { return Job{Table: a.table, List: a.list, Stream: a.stream} }

func (a Audit) otherLength() error {
	err := &Error{Problem: ListChanged,
		What: fmt.Sprintf("every chunk of the plan was loaded, but list %s, which held %d before, holds %d elements for %d rows", a.list, a.Before, a.Elements, a.Rows),
		Try:  "--shared, if others take from the list or push to it; otherwise rows came and went meanwhile, or the list was changed: " + a.job().startAnew()}
	if a.stream {
		err.What = fmt.Sprintf("every chunk of the plan was loaded, but stream %s, to which %d entries had been added before, has had %d for %d rows", a.list, a.Before, a.Elements, a.Rows)
		err.Try = "--shared, if others add to the stream (or, before Redis 7, delete from it); otherwise rows came and went meanwhile, or the stream was deleted: " + a.job().startAnew()
	}
	return err
}
