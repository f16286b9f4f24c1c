package loader

import (
	"context"
	"fmt"

	"onceover/loader/multiset"
)

// Defaults of a comparison.
const (
	// DefaultMemory finds about 75,000 elements in which list and table differ, however
	// large both are.
	DefaultMemory = 16 << 20
	// DefaultExamples are given of each kind of difference.
	DefaultExamples = 10
)

// Comparison is how a list is compared with its table. Key must be set; the zero value of
// everything else is valid.
type Comparison struct {
	Key      multiset.Key // drawn at random, for this comparison only
	Memory   int          // bytes for what differs; 0: DefaultMemory
	Examples int          // of each kind; 0: DefaultExamples
	Plan     string       // id of the plan that is meant; "": whichever Redis holds

	// Progress is told now and then how many rows and elements are read, in the first
	// pass and, if they differ, in the second. It may be nil.
	Progress func(pass int, done, of uint64)
}

// Verify compares the list of a job that is complete with its table, and writes nothing.
// The elements that the list held before the job are set aside: they are taken to be where
// they were, at the end of the list to which nothing was pushed.
//
// The table is read in one snapshot, and its rows are encoded as the load did it. Each side
// is read once, and once more for examples if they differ. A list that differs passes for
// equal with a probability of 2^-128 at most: see package multiset.
//
// Verify holds Memory (up to three times as much while it looks for what differs), a window
// of the list of about 2 MiB (where large elements follow small ones, of 64 MiB and the
// largest of them), and three times the largest row. What differs beyond Memory is told of by a sample.
//
// A list whose length changes meanwhile is not judged, nor is a plan that does: the error is
// of ListChanged or ForeignPlan. As much that is pushed as is taken, between two windows, is
// not noticed.
func Verify(ctx context.Context, cfg Config, c Comparison) (Verification, error) {
	cfg = cfg.withDefaults()
	if c.Memory == 0 {
		c.Memory = DefaultMemory
	}
	if c.Examples == 0 {
		c.Examples = DefaultExamples
	}
	v := &verifier{cfg: cfg, Comparison: c, hasher: multiset.NewHasher(c.Key)}
	err := v.cfg.patiently(ctx, transient, v.open)
	if err == nil {
		err = v.compare(ctx)
	}
	if err != nil {
		return Verification{}, cfg.explained(err)
	}
	return v.result, nil
}

// verifier is one comparison under way.
type verifier struct {
	Comparison
	cfg    Config
	hasher *multiset.Hasher
	src    *source
	plan   *Plan
	list   window
	pass   int
	rows   uint64 // read in this pass
	result Verification
}

// open looks at the job, and changes nothing.
func (v *verifier) open(ctx context.Context) (err error) {
	if v.cfg.Job.Stream {
		return &Error{Problem: BadJob, What: "a stream is not compared with its table, only a list", Try: "the same command without --verify"}
	}
	if v.src, err = v.cfg.openSource(ctx); err != nil {
		return err
	}
	held, err := findPlan(ctx, v.cfg.Redis, v.cfg.Job.Keys())
	if err != nil {
		return err
	}
	if held == (storedPlan{}) {
		return foreign(v.cfg.Job, "it has no plan, or Redis has lost it")
	}
	if v.plan, err = accept(ctx, v.cfg.Redis, held, v.src, v.cfg.Job, v.cfg.Strategy); err != nil {
		return err
	}
	if v.Plan != "" && v.Plan != v.plan.ID() {
		return foreign(v.cfg.Job, "it was begun anew before it was compared")
	}
	if v.plan.Snapshot != v.src.snapshot.ID() {
		return &Error{Problem: ForeignPlan, What: fmt.Sprintf("%s was loaded in one snapshot (--snapshot), and can be compared with its table only by the process that has the snapshot", v.plan.Job.Target()),
			Try: "the same command without --verify; or with " + beginAnew + " and then compares"}
	}
	stands, err := v.cfg.standing(ctx, v.cfg.Redis, v.plan)
	if err == nil && stands.left > 0 {
		err = fmt.Errorf("the list is not compared: %d of %d chunks of the plan are not marked", stands.left, v.plan.Chunks())
	}
	v.list = newWindow(stands.target.now, v.plan.Before, v.plan.Job.Right)
	return err
}

// compare finds out whether list and table differ, and then in what.
func (v *verifier) compare(ctx context.Context) error {
	sketch, err := v.sketch(ctx)
	if err != nil {
		return err
	}
	v.result = Verification{Rows: v.rows, Elements: v.list.total(), Equal: sketch.Empty(), Of: 1, table: v.cfg.Job.Table, list: v.cfg.Job.List}
	if meant := v.cfg.Job.satisfying(); meant != "" {
		v.result.meant = " in rows" + meant
	}
	if v.result.Equal {
		return nil
	}
	differ, of, ok := sketch.Difference()
	if !ok {
		return fmt.Errorf("list %s and table %s differ in more than can be told", v.cfg.Job.List, v.cfg.Job.Table)
	}
	v.result.Of = of
	return v.find(ctx, differ)
}

// sketch is what the list has more than the table.
func (v *verifier) sketch(ctx context.Context) (s *multiset.Sketch, err error) {
	v.pass = 1
	err = v.eachRow(ctx,
		func() { s = multiset.NewSketch(v.Memory / 2) },
		func(element []byte, _ *encoder) { s.Add(v.hasher.Hash(element), -1) })
	if err != nil {
		return nil, err
	}
	return s, v.eachElement(ctx, func(element []byte, _ int64) { s.Add(v.hasher.Hash(element), 1) })
}

// reported is how many rows or elements are read between two reports.
const reported = 1 << 12

func (v *verifier) report(elements int64) {
	if v.Progress != nil {
		v.Progress(v.pass, v.rows+uint64(elements), max(v.plan.Rows, v.rows)+uint64(v.list.total()))
	}
}

// eachRow visits the rows in one snapshot. If it fails in a way that may pass, it begins anew.
func (v *verifier) eachRow(ctx context.Context, begin func(), visit func(element []byte, e *encoder)) error {
	return v.cfg.patiently(ctx, transient, func(ctx context.Context) error {
		r, err := v.src.reader(ctx)
		if err != nil {
			return err
		}
		v.rows, v.list.sizes = 0, sizes{}
		begin()
		all := rowSet{from: "FROM " + v.src.job.from(), name: "of the table"}
		err = r.scan(ctx, all, func(int) {}, func(element []byte) error {
			visit(element, &r.encode)
			v.list.sizes.add(len(element))
			if v.rows++; v.rows%reported == 0 {
				v.report(0)
			}
			return nil
		})
		if err != nil {
			r.discard()
			return v.cfg.explainedOfMySQL(err)
		}
		r.close()
		return nil
	})
}
