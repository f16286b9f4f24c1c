package loader

import (
	"context"
	"errors"

	"onceover/loader/lock"
)

// move reads a chunk that was claimed, and commits it.
func (w *worker) move(ctx context.Context, claim lock.Claim) error {
	chunk := claim.Chunk()
	w.cfg.Hook.at(ctx, Reading, chunk)
	rows, err := w.read(ctx, claim)
	if err == nil {
		w.cfg.Hook.at(ctx, Read, chunk)
		err = w.commit(ctx, claim, rows.slice, rows.rest)
	}
	var sliced lock.Sliced
	switch {
	case errors.As(err, &sliced): // somebody pushes in other slices
		w.begun[chunk] = sliced.At
		fallthrough
	case errors.Is(err, errSuperseded):
		w.done.Superseded++
		w.count(Commit{Superseded: true})
		return nil
	case err != nil:
		return err
	}
	w.done.Chunks++
	w.cfg.Hook.at(ctx, Committed, chunk)
	return nil
}

// errSuperseded says that somebody else committed the chunk first.
var errSuperseded = errors.New("loader: somebody else committed the chunk")

// read reads a chunk, or what is left of it, and pushes all slices but the last. A
// connection on which something failed is not used again.
func (w *worker) read(ctx context.Context, claim lock.Claim) (rows *slicer, err error) {
	if w.plan.Snapshot != w.src.snapshot.ID() { // Redis lost marks of a job that was complete
		return nil, w.plan.refuseSnapshot("is to be loaded")
	}
	if w.reader == nil {
		if w.reader, err = w.src.reader(ctx); err != nil {
			return nil, err
		}
	}
	chunk := claim.Chunk()
	bounds := w.plan.Bounds(chunk)
	rows = &slicer{push: func(slice lock.Slice, elements [][]byte) error { return w.commit(ctx, claim, slice, elements) }}
	if _, can := claim.(lock.Slicer); can && w.src.sliced() {
		rows.limit, rows.slice.From = w.cfg.ChunkBytes, w.begun[chunk]
	}
	if rows.slice.From != "" {
		bounds.First = rows.slice.From
	}
	if err = w.reader.chunk(ctx, bounds, rows); err != nil {
		w.reader.discard()
		w.reader = nil
		return nil, w.cfg.explainedOfMySQL(err)
	}
	return rows, nil
}

// commit commits a chunk, or a slice of it.
func (w *worker) commit(ctx context.Context, claim lock.Claim, slice lock.Slice, elements [][]byte) (err error) {
	chunk := claim.Chunk()
	w.cfg.Hook.at(ctx, Committing, chunk)
	var outcome lock.Outcome
	if slice == (lock.Slice{}) {
		outcome, err = claim.Commit(ctx, elements)
	} else {
		outcome, err = claim.(lock.Slicer).Push(ctx, slice, elements)
	}
	delete(w.begun, chunk)
	switch {
	case err != nil:
		return w.cfg.explained(w.tooLarge(ctx, err)) // before it is taken for an error of MySQL
	case outcome == lock.Superseded:
		return errSuperseded
	case slice.Next != "":
		w.begun[chunk] = slice.Next
	}
	w.done.Rows += len(elements)
	if w.cfg.Progress != nil {
		w.cfg.Progress(chunk, len(elements))
	}
	w.count(Commit{Rows: len(elements), Bytes: size(elements), Ended: slice.Next == ""})
	return nil
}

func (w *worker) count(c Commit) {
	if w.cfg.Counted != nil {
		w.cfg.Counted(c)
	}
}

func size(elements [][]byte) (bytes int) {
	for _, e := range elements {
		bytes += len(e)
	}
	return bytes
}
