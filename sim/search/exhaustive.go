package search

import (
	"fmt"

	"onceover/sim"
)

// exhaustive visits every position that can be reached, each once, or those
// that the shard can reach from its part of the first ones.
func (s *search) exhaustive(st *Stage) error {
	if s.options.Positions < 0 {
		s.result.Left = "no exhaustive stage was asked for"
		return nil
	}
	start, err := s.memory.Start()
	if err != nil {
		return err
	}
	w := &walk{search: s, stage: st, seen: map[uint64]bool{start.Hash(): true}, open: []*sim.Position{start}}
	if s.options.Shards > 1 {
		if err := w.divide(); err != nil {
			return err
		}
	}
	for len(w.open) > 0 && !w.stop() {
		p := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		if err := w.visit(p); err != nil {
			return err
		}
		if st.Positions%1024 == 0 {
			st.Frontier = len(w.open)
			s.progress(st)
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
	open  []*sim.Position // reached, and not visited
	// tooLong counts the schedules that were finished without choices, also
	// those that ended like another one.
	tooLong int
}

// visit looks at everything that can happen in a position.
func (w *walk) visit(p *sim.Position) error {
	w.stage.Positions++
	if verdict, _, _ := p.Verdict(); verdict != "" {
		run := sim.Run{Log: p.Log(), Fair: p.Fair(), Final: p.Final()}
		run.Verdict, run.Row, run.Why = p.Verdict()
		w.count(w.stage, run)
	}
	for i := range p.Enabled() {
		next, err := p.Next(i)
		if err != nil {
			return err
		}
		w.stage.Events++
		if next.Fair() {
			w.tooLong++
		}
		if h := next.Hash(); w.seen[h] {
			w.stage.Known++
		} else {
			w.seen[h] = true
			w.open = append(w.open, next)
		}
	}
	return nil
}

// Each shard begins with so many positions, or fewer if there are no more.
const firstPositions = 32

// divide visits the first positions, in the order of their distance from the
// start, and keeps this shard's share of those that are next. All shards visit
// the same first ones; what they reach later may overlap.
func (w *walk) divide() error {
	for len(w.open) > 0 && len(w.open) < firstPositions*w.options.Shards {
		p := w.open[0]
		w.open = w.open[1:]
		if err := w.visit(p); err != nil {
			return err
		}
	}
	var mine []*sim.Position
	for i, p := range w.open {
		if w.mine(i) {
			mine = append(mine, p)
		}
	}
	w.open = mine
	return nil
}

func (w *walk) stop() bool {
	if w.stage.Positions >= w.options.Positions {
		w.result.Left = fmt.Sprintf("%d positions were visited", w.stage.Positions)
		return true
	}
	return w.satisfied() || w.stage.Positions%256 == 0 && w.late()
}
