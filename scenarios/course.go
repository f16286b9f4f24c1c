package scenarios

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"onceover/reports"
	"onceover/reports/gate"
)

// course is a campaign under way. Runs end in any order; what is kept of them, and
// told, stands in the order of the campaign.
type course struct {
	Campaign
	begun reports.Results // to which the cells are added

	mu    sync.Mutex // guards the cells, and is held while anybody is told of them
	cells []*cellCourse
}

// cellCourse is one cell as far as it is.
type cellCourse struct {
	reports.Cell
	scenario Scenario
	started  bool
	under    int   // runs that go on
	planned  []int // numbers of the runs that it is to have
	numbers  []int // of the runs that the cell has, in order
}

// planned is run number i of a cell.
type planned struct {
	cell *cellCourse
	i    int
}

func (c Campaign) begin(into *reports.Results) *course {
	g := &course{Campaign: c, begun: *into}
	c.each(func(strategy, scenario int, runs []int) {
		name, s := c.Strategies[strategy], c.Scenarios[scenario]
		if len(runs) == 0 {
			return
		}
		cell := &cellCourse{scenario: s, planned: runs, Cell: reports.Cell{
			ID: name + "/" + s.Name, World: reports.WorldLive, Strategy: name, Scenario: s.Name,
			Expected: c.Expected(name, s.Name).String(),
		}}
		for _, i := range runs {
			if run, done := c.before(name, s.Name, i); done {
				cell.add(i, run)
			}
		}
		g.cells = append(g.cells, cell)
	})
	return g
}

// carryOut carries out all runs. Those that have the machine to themselves come first.
func (g *course) carryOut(ctx context.Context) error {
	var alone, beside []planned
	for _, cell := range g.cells {
		for _, i := range cell.planned {
			if slices.Contains(cell.numbers, i) || g.spare(cell) {
				continue
			}
			if g.alone(cell.scenario) {
				alone = append(alone, planned{cell, i})
			} else {
				beside = append(beside, planned{cell, i})
			}
		}
	}
	if err := g.carryOutIn(ctx, alone, g.Worlds[:min(1, len(g.Worlds))]); err != nil {
		return err
	}
	return g.carryOutIn(ctx, beside, g.Worlds)
}

// carryOutIn carries out runs in order, one at a time in each world. The first that fails
// ends those that go on beside it.
func (g *course) carryOutIn(ctx context.Context, runs []planned, worlds []World) error {
	next := make(chan planned, len(runs))
	for _, p := range runs {
		next <- p
	}
	close(next)
	group, ctx := errgroup.WithContext(ctx)
	for _, world := range worlds {
		group.Go(func() error {
			for p := range next {
				if err := ctx.Err(); err != nil {
					return err
				}
				if g.spare(p.cell) {
					continue
				}
				if err := g.run(ctx, world, p); err != nil {
					return fmt.Errorf("%s, run %d: %w", p.cell.ID, p.i+1, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// run carries out one run, adds it to its cell, and tells of it.
func (g *course) run(ctx context.Context, world World, p planned) error {
	g.start(p.cell)
	run, err := g.one(ctx, world, p.cell.Strategy, p.cell.scenario, p.i)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	folder := ""
	if g.Compact && run.Verdict == reports.Safe && slices.ContainsFunc(p.cell.Runs, keptSafe) {
		folder, run.Folder = filepath.Join(g.Out, run.Folder), ""
	}
	p.cell.add(p.i, run)
	g.Observer.RunDone(p.cell.ID, run)
	if err := g.keep(); err != nil {
		return err
	}
	if folder != "" { // the results have the run now
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	if p.cell.under--; p.cell.under == 0 && (g.decided(p.cell) || p.cell.Tally.N == len(p.cell.planned)) {
		g.finish(p.cell)
		g.Observer.Finish(p.cell.Cell)
	}
	return nil
}

// spare tells whether a cell needs no further run, since a bad one has decided it.
func (g *course) spare(cell *cellCourse) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.decided(cell)
}

func (g *course) decided(cell *cellCourse) bool {
	return cell.Tally.Bad() > 0 && g.decides(cell.Strategy, cell.scenario.Name)
}

// keptSafe tells whether a run shows how one of its cell goes well.
func keptSafe(r reports.Run) bool { return r.Verdict == reports.Safe && r.Folder != "" }

func (g *course) start(cell *cellCourse) {
	g.mu.Lock()
	defer g.mu.Unlock()
	cell.under++
	if !cell.started {
		cell.started = true
		g.Observer.Start(cell.ID, cell.Expected, len(cell.planned)-len(cell.numbers))
	}
}

// add puts run i in its place.
func (c *cellCourse) add(i int, run reports.Run) {
	at, _ := slices.BinarySearch(c.numbers, i)
	c.numbers = slices.Insert(c.numbers, at, i)
	c.Insert(at, run)
}

// finish says of a cell to which no run is added any more what it comes to.
func (g *course) finish(cell *cellCourse) {
	cell.Counterexamples = g.counterexamples(cell.Cell)
	cell.State = gate.JudgeShare(cell.Cell, g.RunsOf(cell.Strategy, cell.Scenario)-len(cell.planned))
}

// keep hands on the results as far as they are.
func (g *course) keep() error {
	if g.Keep == nil {
		return nil
	}
	sofar := g.begun
	sofar.Cells, sofar.Run.Done, sofar.Run.Spared = g.known()
	return g.Keep(sofar)
}

// known are the cells that have runs, how many runs those are, and how many are spared.
func (g *course) known() (cells []reports.Cell, runs, spared int) {
	cells = []reports.Cell{}
	for _, cell := range g.cells {
		if cell.Tally.N > 0 {
			cells = append(cells, cell.Cell)
			runs += cell.Tally.N
		}
		if g.decided(cell) {
			spared += len(cell.planned) - cell.Tally.N - cell.under
		}
	}
	return cells, runs, spared
}

// end is what is known when nothing goes on any more. Of a cell that an early end left
// unfinished, too, it says what it comes to.
func (g *course) end() (cells []reports.Cell, runs, spared int) {
	for _, cell := range g.cells {
		if cell.Tally.N > 0 && cell.State == "" {
			g.finish(cell)
		}
	}
	return g.known()
}
