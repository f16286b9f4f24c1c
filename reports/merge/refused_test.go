package merge

import (
	"strings"
	"testing"

	"onceover/reports"
)

func TestRunsThatWereNotMadeAlikeAreNotCountedTogether(t *testing.T) {
	for want, change := range map[string]func(*reports.Results){
		`rows "400" and "500"`:      func(r *reports.Results) { withRows(r, 500) },
		`shape "" and "gaps"`:       func(r *reports.Results) { r.Config.KeyLayout = "gaps" },
		`chunk size "20" and "21"`:  func(r *reports.Results) { r.Config.ChunkSize = 21 },
		`workers "4" and "5"`:       func(r *reports.Results) { r.Config.Workers = 5 },
		`consumers "0" and "2"`:     func(r *reports.Results) { r.Config.Consumers = 2 },
		`lease "500ms" and "501ms"`: func(r *reports.Results) { r.Config.TTLMS = 501 },
		`deadline "" and "15s"`:     func(r *reports.Results) { r.Config.DeadlineMS = 15000 },
		`: plan of faults "those of the scenarios" and "kill chunk=6"`: func(r *reports.Results) { r.Config.Plan = "kill chunk=6" },
		`worker command "its own" and "w *** (digest ab12)"`:           func(r *reports.Results) { r.Config.Worker, r.Config.WorkerDigest = "w ***", "ab12" },
		`worker command "its own" and "python3 w.py"`:                  func(r *reports.Results) { r.Config.Worker = "python3 w.py" },
		`MySQL "9.7" and "8.0"`:                                        func(r *reports.Results) { r.Environment.MySQL = "8.0" },
		`Redis "8.0" and "7.4"`:                                        func(r *reports.Results) { r.Environment.Redis = "7.4" },
		`program "v1" and "v1 abc"`:                                    func(r *reports.Results) { r.Tool.Commit = "abc" },
		`program "v1" and "v1 0123"`:                                   func(r *reports.Results) { r.Tool.Build = "0123" },
		`expected "safe" and "safe(max_rate: 5%)"`:                     func(r *reports.Results) { r.Cells[0].Expected = "safe(max_rate: 5%)" },
		`one of them is abridged`:                                      func(r *reports.Results) { r.Abridged, r.Cells[0].Runs = "it is", nil },
		`of the invocation a something else than what w`:               func(r *reports.Results) { r.Run.ID, r.Config.Seed = "a", 9 },
	} {
		a, b := live("a", cellOf("none/calm", run(7, reports.Safe))), live("b", cellOf("none/calm", run(8, reports.Safe)))
		change(b)
		_, err := Of([]Source{source("one", a), source("two", b)})
		if err == nil || !strings.HasPrefix(err.Error(), "two: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
		if strings.Contains(want, "invocation") {
			continue
		}
		b.Cells[0].ID, b.Cells[0].Scenario = "none/other", "other"
		if _, err := Of([]Source{source("one", a), source("two", b)}); err != nil {
			t.Errorf("another cell: %v", err)
		}
	}
	a, b := sim("a", reports.Search{Bounds: "2 workers", Schedules: 3}, run(1, reports.Safe)), sim("b", reports.Search{Bounds: "3 workers", Schedules: 3}, run(2, reports.Safe))
	if _, err := Of([]Source{source("one", a), source("two", b)}); err == nil || !strings.Contains(err.Error(), `bounds "2 workers" and "3 workers"`) {
		t.Errorf("%v", err)
	}
}

// With plans of one's own in the place of a scenario's, runs of one seed are no
// runs of one cell, whatever an older version called it.
func TestRunsOfOneSeedUnderOtherPlansAreRefused(t *testing.T) {
	other := run(7, reports.Safe)
	other.Plan, other.Faults[0].Text = "kill chunk=6", "kill chunk=6"
	_, err := Of([]Source{source("one", live("a", cellOf("none/calm", run(7, reports.Safe)))), source("two", live("b", cellOf("none/calm", other)))})
	if err == nil || !strings.Contains(err.Error(), `two: the runs of none/calm were not made alike and cannot be counted together: plan of seed 7 "kill chunk=5" and "kill chunk=6"`) {
		t.Errorf("%v", err)
	}
}

// That nothing is known of two programs does not make them the same.
func TestRunsOfUnknownProgramsAreNotCountedTogether(t *testing.T) {
	of := func(id, build string, seed uint64) Source {
		r := live(id, cellOf("none/calm", run(seed, reports.Safe)))
		r.Tool = reports.Tool{Name: "onceover", Version: reports.NoVersion, Build: build}
		return source(id, r)
	}
	if _, err := Of([]Source{of("a", "", 7), of("b", "", 8)}); err == nil || !strings.Contains(err.Error(), `no more is known than version "(devel)"`) {
		t.Errorf("%v", err)
	}
	if _, err := Of([]Source{of("a", "0123", 7), of("b", "4567", 8)}); err == nil || !strings.Contains(err.Error(), `program "(devel) 0123" and "(devel) 4567"`) {
		t.Errorf("%v", err)
	}
	if _, err := Of([]Source{of("a", "0123", 7), of("b", "0123", 8)}); err != nil {
		t.Error(err)
	}
	if _, err := Of([]Source{of("a", "", 7), of("a", "", 7)}); err != nil {
		t.Errorf("the same invocation: %v", err)
	}
}

// A part remembers how its runs were made, however often it was merged.
func TestAMergedResultKnowsHowEachCellWasMade(t *testing.T) {
	large := live("b", cellOf("none/pause-long", run(7, reports.Safe)))
	withRows(large, 9999)
	both := merged(t, live("a", cellOf("none/calm", run(7, reports.Safe))), large)
	if c := merged(t, both, live("c", cellOf("none/calm", run(8, reports.Safe)))).Cells[0]; c.Tally.N != 2 {
		t.Errorf("%+v", c.Tally)
	}
	_, err := Of([]Source{source("both", both), source("c", live("c", cellOf("none/pause-long", run(8, reports.Safe))))})
	if err == nil || !strings.Contains(err.Error(), `rows "9,999" and "400"`) {
		t.Errorf("%v", err)
	}
}

func TestResultsThatContradictThemselvesAreRefused(t *testing.T) {
	for want, change := range map[string]func(*reports.Results){
		`its world is ""`: func(r *reports.Results) { r.Run.World = "" },
		`of both worlds, and does not name its inv`:                            func(r *reports.Results) { r.Run.World = reports.WorldBoth },
		`the cell none/calm is there twice`:                                    func(r *reports.Results) { r.Cells = append(r.Cells, r.Cells[0]) },
		`its world is "sim", and that of the results is "live"`:                func(r *reports.Results) { r.Cells[0].World = reports.WorldSim },
		`it is of the strategy "none" and the scenario "calm"`:                 func(r *reports.Results) { r.Cells[0].ID = "none/calmer" },
		`real servers do not`:                                                  func(r *reports.Results) { r.Cells[0].Search = &reports.Search{} },
		`its tally does not add up`:                                            func(r *reports.Results) { r.Cells[0].Tally.N = 60 },
		`it counts 60 runs, 0 of them bad, and its 1 runs show something else`: func(r *reports.Results) { r.Cells[0].Tally = reports.Tally{N: 60, Safe: 60} },
		`it counts 1 runs, 0 of them bad, and its 1 runs show something else`: func(r *reports.Results) {
			r.Abridged, r.Cells[0].Runs[0].Verdict = "it is", reports.Lost
		},
		`a run is there twice, with the same seed`:                                     func(r *reports.Results) { r.Cells[0] = cellOf("none/calm", run(7, reports.Safe), run(7, reports.Safe)) },
		`it is called lost, and its worst run is safe`:                                 func(r *reports.Results) { r.Cells[0].Verdict = reports.Lost },
		`it says that 9 runs were done, and its cells hold 1`:                          func(r *reports.Results) { r.Run.Planned, r.Run.Done = 9, 9 },
		`it says that 0 runs were done, and its cells hold 1`:                          func(r *reports.Results) { r.Run.Planned, r.Run.Done = 0, 0 },
		`it says that 1 run was done, and its cells hold 0`:                            func(r *reports.Results) { r.Cells = nil },
		`it says that a bad run spared 1 run, and no cell that has to be safe has one`: func(r *reports.Results) { r.Run.Planned, r.Run.Spared = r.Run.Planned+1, 1 },
		`it says that 1 runs were done, of 0 planned`:                                  func(r *reports.Results) { r.Run.Planned = 0 },
		`the cell none/calm: the run with seed 7 is called`:                            func(r *reports.Results) { r.Cells[0].Runs[0].Faults[0].Confirmed = false },
		`it is called splendid, and its worst run is saf`:                              func(r *reports.Results) { r.Cells[0].Verdict = "splendid" },
	} {
		r := live("a", cellOf("none/calm", run(7, reports.Safe)))
		change(r)
		if _, err := Of([]Source{source("one", r)}); err == nil || !strings.HasPrefix(err.Error(), "one: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Of(nil); err == nil {
		t.Error("nothing is no result")
	}
}

// What a merged result says of its invocations has to be in it as well.
func TestMergedResultsOfWhichSomethingIsMissingAreRefused(t *testing.T) {
	for want, change := range map[string]func(*reports.Results){
		`the cell lease-lua/calm was run, and is not there`:            func(r *reports.Results) { r.Cells = r.Cells[:2] },
		`the cell set-nx/calm is of none of its invocations`:           func(r *reports.Results) { r.Parts[0].Cells = r.Parts[0].Cells[:1] },
		`the invocation c says that 1 run was done, and its cells can`: func(r *reports.Results) { r.Cells, r.Parts[1].Cells = r.Cells[:2], nil },
		`it says that 1 of 3 runs were done, and its invocations th`:   func(r *reports.Results) { r.Run.Done = 1 },
		`it says that 3 of 1 runs were done, and its invocations th`:   func(r *reports.Results) { r.Run.Planned = 1 },
		`it says that bad runs spared 1 runs, and its invocations th`:  func(r *reports.Results) { r.Run.Spared = 1 },
		`the invocation a: it says that a bad run spared 1 run, and `:  func(r *reports.Results) { r.Run.Spared, r.Parts[0].Run.Spared = 1, 1 },
		`the cell none/calm: the run with seed 7 is called safe, bu`:   func(r *reports.Results) { r.Cells[0].Runs[0].Rows.Table = 399 },
	} {
		a := live("a", cellOf("none/calm", run(7, reports.Safe)), cellOf("set-nx/calm", run(7, reports.Safe)))
		c := sim("c", reports.Search{Schedules: 3}, run(7, reports.Safe))
		c.Run.Started = a.Run.Started.Add(1)
		r := merged(t, a, c)
		if _, err := Of([]Source{source("one", r)}); err != nil {
			t.Fatal(err)
		}
		change(r)
		if _, err := Of([]Source{source("one", r)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// An older form says once for all cells in which world they are.
func TestTheWorldOfOlderResultsIsThatOfTheInvocation(t *testing.T) {
	r := live("a", cellOf("none/calm", run(7, reports.Safe)))
	r.Cells[0].World = ""
	if got := merged(t, r, live("b", cellOf("none/calm", run(8, reports.Safe)))); len(got.Cells) != 1 || got.Cells[0].World != reports.WorldLive {
		t.Errorf("%+v", got.Cells)
	}
}
