package draw

import (
	"fmt"
	"strings"

	"onceover/faults"
	"onceover/loader"
	"onceover/sim"
)

type life struct{ worker, number int }

// fate is what became of a life, as far as one chunk goes. Its numbers count
// the events from 1.
type fate struct {
	name  string
	asked int  // the last request by which it tried to take the chunk
	had   bool // it went on with the chunk, by its own word
	died  int
	fails int  // after which event
	ends  bool // because nothing was left to do
}

func fates(run sim.Run, chunk int) []*fate {
	var all []*fate
	known := map[life]*fate{}
	of := func(s sim.Step) *fate {
		l := life{s.Worker, s.Life}
		if known[l] == nil {
			known[l] = &fate{name: worker(s)}
			all = append(all, known[l])
		}
		return known[l]
	}
	event := 0
	for _, s := range shown(run.Trace) {
		switch {
		case !s.Note:
			event++
			if event <= len(run.Where) {
				for l, f := range known {
					p := run.Where[event-1].Of(l.worker)
					f.had = f.had || !f.over() && p.Known && p.Chunk == chunk && p.Step > loader.Claiming
				}
			}
			if s.Worker >= 0 {
				of(s).step(run, s, event, chunk)
			}
		case strings.HasPrefix(s.Text, "ends"):
			of(s).ends = true
		case strings.HasPrefix(s.Text, "fails"):
			of(s).fails = event
		}
	}
	return all
}

func (f *fate) over() bool { return f.ends || f.died > 0 || f.fails > 0 }

func (f *fate) step(run sim.Run, s sim.Step, event, chunk int) {
	if event <= len(run.Where) && s.Writes {
		if p := run.Where[event-1].Of(s.Worker); p.Known && p.Step == loader.Claiming && p.Chunk == chunk {
			f.asked = event
		}
	}
	if s.ID.Kind.Outcome().Dies() {
		f.died = event
	}
}

// leftAlone names the lives that had the chunk of a lost row and died, and those that
// did not get it and ended.
func leftAlone(c Case) (text string) {
	for _, f := range fates(c.Run, int(c.Run.Row-1)/c.Setup.Rows) {
		text += f.sentence()
	}
	return text + forgotten(c)
}

// sentence is empty if there is nothing to say.
func (f *fate) sentence() string {
	claims := ""
	if f.had && f.asked > 0 {
		claims = fmt.Sprintf("claims the chunk in step %d and ", f.asked)
	}
	switch {
	case f.died > 0:
		return fmt.Sprintf(" %s %sdies in step %d.", f.name, claims, f.died)
	case f.fails > 0 && claims != "":
		return fmt.Sprintf(" %s %sfails after step %d.", f.name, claims, f.fails)
	case f.ends && f.asked > 0 && !f.had:
		return fmt.Sprintf(" %s asks for the chunk in step %d, does not get it, and ends without asking again.", f.name, f.asked)
	}
	return ""
}

func forgotten(c Case) (text string) {
	pushed := ""
	for i, s := range numbered(c.Run.Trace) {
		switch {
		case holds(s.Rows, c.Run.Row):
			pushed, text = fmt.Sprintf("%s pushes it in step %d", worker(s), i+1), ""
		case s.ID.Kind.Fault() == faults.RedisKill && pushed != "":
			text, pushed = fmt.Sprintf(" %s, and Redis forgets it in step %d.", pushed, i+1), ""
		}
	}
	return text
}
