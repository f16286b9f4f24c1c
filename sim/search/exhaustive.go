package search

import (
	"fmt"

	"onceover/sim"
)

// exhaustive visits every position that can be reached, each once.
func (s *search) exhaustive(st *Stage) error {
	if s.options.Positions < 0 {
		s.result.Left = "no exhaustive stage was asked for"
		return nil
	}
	start, err := s.memory.Start()
	if err != nil {
		return err
	}
	seen := map[uint64]bool{start.Hash(): true}
	stack := []*sim.Position{start}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		st.Positions++
		if v, _, _ := p.Verdict(); v != "" {
			s.arrived(st, p)
		}
		for i := range p.Enabled() {
			next, err := p.Next(i)
			if err != nil {
				return err
			}
			st.Events++
			h := next.Hash()
			if seen[h] {
				st.Known++
				continue
			}
			seen[h] = true
			stack = append(stack, next)
		}
		if st.Positions%1024 == 0 {
			st.Frontier = len(stack)
			s.progress(st)
		}
		if s.stop(st) {
			break
		}
	}
	st.Frontier = len(stack)
	s.result.Complete = len(stack) == 0 && st.Fair == 0
	if st.Fair > 0 && s.result.Left == "" {
		s.result.Left = fmt.Sprintf("%d schedules were too long", st.Fair)
	}
	return nil
}

func (s *search) stop(st *Stage) bool {
	if st.Positions >= s.options.Positions {
		s.result.Left = fmt.Sprintf("%d positions were visited", st.Positions)
		return true
	}
	return s.satisfied() || st.Positions%256 == 0 && s.late()
}

// arrived counts a schedule that is over.
func (s *search) arrived(st *Stage, p *sim.Position) {
	run := sim.Run{Log: p.Log(), Fair: p.Fair(), Final: p.Final()}
	run.Verdict, run.Row, run.Why = p.Verdict()
	s.count(st, run)
}
