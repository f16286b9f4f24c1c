package search

import (
	"onceover/reports"
	"onceover/sim"
)

// The tree of an exhaustive search is cut where it is wide enough, and its branches are
// dealt in blocks of neighbours. Neighbours have most of their states in common, so that
// blocks keep down what several shards visit. The first blocks have most of their faults
// before them, and are the largest: they are dealt to and fro. Measured with lease-lua,
// two workers and three chunks, a death and a lost reply, in eight shards: 1.1 to 1.2 times
// the states of one search in all, and a sixth of them in the largest shard.
const (
	defaultRootsPerShard = 256
	blocksPerShard       = 4
)

// share visits the trunk of the tree, as each shard does, and leaves the branches of
// this shard open. The others count as visited: they and what lies behind them are for
// their own shards.
//
// Every state is visited by some shard. Take a way to it, and on that the last root: the
// shard of that root comes by all that follows, and meets nobody else's root.
func (w *walk) share(shard reports.Shard) error {
	roots := w.open
	for len(roots) > 0 && len(roots) < w.rootsPerShard*shard.Of && !w.stopped {
		w.open = nil
		if err := w.level(roots); err != nil {
			return err
		}
		roots = w.open
	}
	if !w.stopped {
		w.open = dealt(roots, shard)
	}
	return nil
}

// level visits states that are as far from the start as each other.
func (w *walk) level(states []*sim.State) error {
	for from := 0; from < len(states); from += positionsBatch {
		batch := states[from:min(from+positionsBatch, len(states))]
		for i, next := range w.cache.Expand(batch) {
			if w.stopped = w.stop(); w.stopped {
				w.open = append(w.open, states[from+i:]...)
				return nil
			}
			if err := w.visit(batch[i], next); err != nil {
				return err
			}
		}
	}
	return nil
}

// dealt are the roots of a shard.
func dealt(roots []*sim.State, shard reports.Shard) (mine []*sim.State) {
	for i, root := range roots {
		if dealtTo(i, len(roots), shard.Of) == shard.Index-1 {
			mine = append(mine, root)
		}
	}
	return mine
}

// dealtTo is the shard, from 0 on, of the i-th of n roots.
func dealtTo(i, n, shards int) int {
	block := i * blocksPerShard * shards / n
	round, at := block/shards, block%shards
	if round%2 == 1 {
		return shards - 1 - at
	}
	return at
}
