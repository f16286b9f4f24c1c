package search

import (
	"fmt"
	"slices"

	"onceover/reports/format"
	"onceover/sim"
)

// exhaustive visits every state that can be reached, each once.
func (s *search) exhaustive(st *Stage) error {
	if s.options.Positions < 0 {
		s.result.Left = "no exhaustive stage was asked for"
		return nil
	}
	start, err := s.cache.Start()
	if err != nil {
		return err
	}
	w := &walk{search: s, stage: st, seen: map[uint64]bool{start.Hash: true}, open: []*sim.State{start}}
	if s.options.Shard.Of > 1 {
		if err := w.share(s.options.Shard); err != nil {
			return err
		}
	}
	for len(w.open) > 0 && !w.stopped {
		if err := w.step(); err != nil {
			return err
		}
	}
	st.Frontier = len(w.open)
	s.result.Complete = len(w.open) == 0 && w.tooLong == 0
	if w.tooLong > 0 && s.result.Left == "" {
		s.result.Left = fmt.Sprintf("%d schedules were too long", w.tooLong)
	}
	return nil
}

// walk is an exhaustive search under way.
type walk struct {
	*search
	stage *Stage
	seen  map[uint64]bool
	open  []*sim.State // reached, and not visited
	// tooLong counts the schedules that were finished without choices, also
	// those that ended like another one.
	tooLong int
	stopped bool
}

// step takes the states that were reached last, finds out where they lead
// to, and then visits them in their order.
func (w *walk) step() error {
	from := max(0, len(w.open)-positionsBatch)
	taken := slices.Clone(w.open[from:])
	clear(w.open[from:]) // they need not be kept
	w.open = w.open[:from]
	next := w.cache.Expand(taken)
	for i, p := range taken {
		if w.stopped = w.stop(); w.stopped {
			w.open = append(w.open, taken[i:]...)
			return nil
		}
		if err := w.visit(p, next[i]); err != nil {
			return err
		}
	}
	return nil
}

// visit looks at everything that can happen in a state.
func (w *walk) visit(p *sim.State, next []*sim.State) error {
	w.stage.Positions++
	if w.visiting != nil {
		w.visiting(p)
	}
	if p.Finding().Verdict != "" {
		w.count(w.stage, sim.Run{Finding: p.Finding(), Log: p.Log(), Fair: p.Fair, Final: p.Final()})
	}
	for _, q := range next {
		if q.Err != nil {
			return q.Err
		}
		w.stage.Events++
		if q.Fair {
			w.tooLong++
		}
		if w.seen[q.Hash] {
			w.stage.Known++
			continue
		}
		w.seen[q.Hash] = true
		w.open = append(w.open, q)
	}
	if w.stage.Positions%1024 == 0 {
		w.stage.Frontier = len(w.open)
		w.progress(w.stage)
	}
	return nil
}

func (w *walk) stop() bool {
	if w.stage.Positions >= w.options.Positions {
		w.result.Left = format.Thousands(int64(w.stage.Positions)) + " positions were visited"
		return true
	}
	return w.satisfied() || w.stage.Positions%256 == 0 && w.late()
}
