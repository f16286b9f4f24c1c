package chart

import (
	"fmt"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/lanes"
	"onceover/reports/reporttest"
	"onceover/reports/timeline"

	"pgregory.net/rapid"
)

func between(from, to float64) timeline.Span { return timeline.Span{FromMS: from, ToMS: to} }

// shortRun has a worker that is killed and comes back, one that stands still,
// one that fails, and a server that is away.
func shortRun() lanes.Chart {
	pause := timeline.Fault{Span: between(300, 700), Text: "pause worker=1 chunk=2 at=read for=400ms", Kind: "pause", Worker: 1, Chunk: 2, Seen: true, Said: "process 12 stopped; and runs again"}
	kill := timeline.Fault{Span: between(420, 620), Text: "kill worker=0 chunk=3 at=committing restart=200ms", Kind: "kill", Worker: 0, Chunk: 3, Seen: true, Said: "signal: killed"}
	away := timeline.Fault{Span: between(760, 900), Text: "redis-kill progress=50% for=100ms", Kind: "redis-kill", Worker: -1, Chunk: -1, Seen: true, Said: "exited"}
	return lanes.Chart{
		ID: "lanes", Title: "set-nx under everything", Finding: "w0 is killed, w1 stands still, and Redis is away.",
		Rows: reports.RowCounts{Table: 40, List: 50},
		Timeline: timeline.Timeline{
			EndMS: 1000, Faults: []timeline.Fault{pause, kill, away},
			Outages: []timeline.Outage{{Span: between(780, 880), Server: "redis"}},
			Lanes: []timeline.Lane{
				{Worker: 0, Reports: true, Commits: 2, Lives: []timeline.Life{
					{Span: between(0, 430), End: reports.WorkerKilled, Text: "signal: killed"},
					{Span: between(620, 950), Number: 1, End: reports.WorkerDone, Text: "exit status 0"},
				}, Segments: []timeline.Segment{
					{Span: between(0, 100), Doing: timeline.Starting, Chunk: -1}, {Span: between(100, 130), Doing: timeline.Claiming, Chunk: 3},
					{Span: between(130, 380), Doing: timeline.Reading, Chunk: 3}, {Span: between(380, 430), Doing: timeline.Committing, Chunk: 3},
					{Span: between(620, 700), Life: 1, Doing: timeline.Starting, Chunk: -1}, {Span: between(700, 950), Life: 1, Doing: timeline.Waiting, Chunk: 3},
				}},
				{Worker: 1, Reports: true, Commits: 3, Pauses: []timeline.Span{between(310, 690)}, Lives: []timeline.Life{{Span: timeline.Span{ToMS: 1000, Open: true}, End: timeline.EndOpen}},
					Segments: []timeline.Segment{{Span: between(0, 250), Doing: timeline.Idle, Chunk: -1}, {Span: timeline.Span{FromMS: 250, ToMS: 1000, Open: true}, Doing: timeline.Holding, Chunk: 2}}},
				{Worker: 2, Lives: []timeline.Life{{Span: between(20, 760), End: reports.WorkerFailed, Text: "exit status 1"}},
					Segments: []timeline.Segment{{Span: between(20, 760), Doing: timeline.Running, Chunk: -1}}},
			},
			Arrived: timeline.Curve{Unit: timeline.Rows, Total: 40, Points: []timeline.Point{{AtMS: 400, N: 10}, {AtMS: 720, N: 30}, {AtMS: 940, N: 50}}},
			Check:   &timeline.Check{AtMS: 1000, Verdicts: []reports.Verdict{reports.Duplicated}, Text: "[duplicated]: row 7 is in the list twice"},
			Flaws:   []string{"events are missing in 1 place"},
		},
	}
}

func TestLanes(t *testing.T) {
	l := shortRun()
	checkFrame(t, "lanes", l)
	svg := string(l.Figure().SVG)
	reporttest.Golden(t, "lanes.svg", svg+"\n")
	for _, text := range []string{
		"checked: duplicated", "paused, has chunk 2", "pause worker=1 chunk=2 at=read for=400ms hits w1", "Redis is away", "40 in the table", "50 in the list",
		"50 acknowledged", "milliseconds since the run began", "the history is flawed: events are missing in 1 place", "ends with an error", "killed", "stands still", "#AB2D91",
	} {
		if !strings.Contains(svg, text) {
			t.Errorf("%q is not shown", text)
		}
	}
	var rows []string
	for _, row := range l.Figure().Table.Rows {
		rows = append(rows, strings.Join(row, " | "))
	}
	reporttest.Golden(t, "lanes.txt", strings.Join(rows, "\n")+"\n")
}

func TestATornHistorySaysSo(t *testing.T) {
	l := shortRun()
	l.Timeline.Check, l.Rows = nil, reports.RowCounts{}
	l.Timeline.Arrived.Unit, l.Timeline.Arrived.Total = timeline.Chunks, 60
	l.Timeline.Flaws = []string{"a", "b", "c", "d", "e", "f"}
	checkFrame(t, "torn", l)
	svg := string(l.Figure().SVG)
	for _, text := range []string{"not checked: the history ends here", "60 in the plan", "the history is flawed: d", "and 2 more flaws of the history"} {
		if !strings.Contains(svg, text) {
			t.Errorf("%q is not shown", text)
		}
	}
	if strings.Contains(svg, "in the list") || strings.Contains(svg, "#AB2D91") {
		t.Error("it shows what nobody has checked")
	}
	if svg := string((lanes.Chart{ID: "a", Title: "title"}).Figure().SVG); !strings.Contains(svg, "There is nothing to show.") {
		t.Error(svg)
	}
}

// busy is the history of a run of so many workers and events.
func busy(workers, events int) []reports.Event {
	all := []reports.Event{{Kind: reports.EventRun, Worker: -1, Text: "busy, 4000 rows in 80 chunks"}}
	steps := []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released"}
	for i := range events {
		w := i % workers
		e := reports.Event{AtMS: float64(i) * 0.3, Kind: reports.EventStep, Worker: w, Chunk: i, Rows: 50, Step: steps[(i/workers+i*i%5)%len(steps)]}
		if i%1000 == 7 {
			e = reports.Event{AtMS: e.AtMS, Kind: reports.EventFault, Worker: w, Fault: &reports.FaultRef{
				Index: i, Kind: "kill", Line: fmt.Sprintf("kill worker=%d nth=%d", w, i), Phase: reports.FaultInjected,
			}}
		}
		all = append(all, e)
	}
	for i := range all {
		all[i].Seq = i + 1
	}
	return all
}

func TestALongRunIsThinnedAndSaysSo(t *testing.T) {
	for _, size := range [][2]int{{8, 5_000}, {8, 200_000}, {100, 200_000}} {
		l := lanes.Chart{ID: "long", Title: "long", Timeline: timeline.Of(busy(size[0], size[1]))}
		checkFrame(t, "long", l)
		svg := string(l.Figure().SVG)
		if len(svg) > 60_000 {
			t.Errorf("%v: %d bytes", size, len(svg))
		}
		want := []string{"segments drawn: each"}
		if size[0] > 24 {
			want = append(want, "24 of 100 workers drawn")
		}
		if size[1] > 100_000 {
			want = append(want, "10 of 200 faults drawn")
		}
		for _, text := range want {
			if !strings.Contains(svg, text) {
				t.Errorf("%v: %q is not shown", size, text)
			}
		}
	}
}

func anySpan(t *rapid.T) timeline.Span {
	return timeline.Span{FromMS: anyNumber.Draw(t, "from"), ToMS: anyNumber.Draw(t, "to"), Open: rapid.Bool().Draw(t, "open")}
}

func anyLane(t *rapid.T) timeline.Lane {
	l := timeline.Lane{
		Worker: rapid.OneOf(rapid.IntRange(-1, 5), rapid.Int()).Draw(t, "worker"), Commits: rapid.Int().Draw(t, "commits"), Reports: rapid.Bool().Draw(t, "reports"),
		Pauses: rapid.SliceOfN(rapid.Custom(anySpan), 0, 2).Draw(t, "pauses"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "segments") {
		l.Segments = append(l.Segments, timeline.Segment{Span: anySpan(t), Doing: rapid.SampledFrom([]timeline.Doing{timeline.Starting, timeline.Idle, timeline.Claiming, timeline.Waiting, timeline.Holding, timeline.Reading, timeline.Committing, timeline.Running, "unheard of"}).Draw(t, "doing"), Chunk: rapid.Int().Draw(t, "chunk")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "lives") {
		l.Lives = append(l.Lives, timeline.Life{Span: anySpan(t), End: rapid.SampledFrom([]reports.Change{reports.WorkerDone, reports.WorkerKilled, reports.WorkerFailed, timeline.EndOpen, ""}).Draw(t, "end"), Text: anyText.Draw(t, "text")})
	}
	return l
}

func TestNoTimelineBreaksItsLanes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := lanes.Chart{ID: anyText.Draw(t, "id"), Title: "title", Finding: anyText.Draw(t, "finding"), Rows: reports.RowCounts{Table: anyCount.Draw(t, "table"), List: anyCount.Draw(t, "list")}}
		tl := &l.Timeline
		tl.EndMS = anyNumber.Draw(t, "end")
		tl.Lanes = rapid.SliceOfN(rapid.Custom(anyLane), 0, 5).Draw(t, "lanes")
		for range rapid.IntRange(0, 4).Draw(t, "faults") {
			tl.Faults = append(tl.Faults, timeline.Fault{
				Span: anySpan(t), Text: anyText.Draw(t, "fault"), Kind: anyText.Draw(t, "kind"), Worker: rapid.IntRange(-1, 5).Draw(t, "struck"),
				Seen: rapid.Bool().Draw(t, "seen"), Missed: anyText.Draw(t, "missed"), Said: anyText.Draw(t, "said"),
			})
			tl.Outages = append(tl.Outages, timeline.Outage{Span: anySpan(t), Server: anyText.Draw(t, "server")})
			tl.Arrived.Points = append(tl.Arrived.Points, timeline.Point{AtMS: anyNumber.Draw(t, "at"), N: anyCount.Draw(t, "n")})
		}
		tl.Arrived.Unit = rapid.SampledFrom([]timeline.Unit{timeline.Rows, timeline.Chunks, ""}).Draw(t, "unit")
		tl.Arrived.Total = anyCount.Draw(t, "total")
		if rapid.Bool().Draw(t, "checked") {
			tl.Check = &timeline.Check{AtMS: anyNumber.Draw(t, "check"), Text: anyText.Draw(t, "text"), Verdicts: rapid.SliceOfN(rapid.SampledFrom(reports.Verdicts()), 0, 3).Draw(t, "verdicts")}
		}
		tl.Flaws = rapid.SliceOfN(anyText, 0, 6).Draw(t, "flaws")
		checkFrame(t, "lanes", l)
	})
}

func BenchmarkLanes(b *testing.B) {
	l := lanes.Chart{ID: "long", Title: "long", Timeline: timeline.Of(busy(8, 20_000))}
	for b.Loop() {
		l.Figure()
	}
	b.ReportMetric(float64(len(l.Figure().SVG)), "bytes")
}
