package verdict_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios/check"
	"onceover/scenarios/verdict"
)

// evidence is of a run of 8 chunks of 50 rows, the first row being 1, in which
// nothing went wrong; each test changes what it is about.
func evidence() verdict.Evidence {
	in := verdict.Evidence{Marks: marks(8), Ended: true, Waited: 10 * time.Second}
	in.Findings.Rows = reports.RowCounts{Table: 400, List: 400}
	for range 8 {
		in.Findings.Chunks = append(in.Findings.Chunks, check.ChunkCount{Rows: 50, Present: 50})
	}
	return in
}

// marks is a bitmap of n chunks, all set but some. The most significant bit is
// the first, as in Redis.
func marks(n int, unset ...int) *lock.Bitmap {
	bits := make([]byte, (n+7)/8)
	for i := range n {
		if !slices.Contains(unset, i) {
			bits[i/8] |= 0x80 >> (i % 8)
		}
	}
	bitmap := lock.Bitmap(bits)
	return &bitmap
}

func lose(in *verdict.Evidence, chunk, rows int) {
	c := &in.Findings.Chunks[chunk]
	c.Present -= uint32(rows)
	c.FirstMissing = int64(chunk*50) + int64(c.Present) + 1
	in.Findings.Rows.Lost += int64(rows)
	in.Findings.Rows.List -= int64(rows)
	if c.Torn() {
		in.Findings.Rows.TornChunks++
	}
}

func duplicate(in *verdict.Evidence, chunk int) {
	in.Findings.Chunks[chunk].Surplus += 50
	in.Findings.Rows.Duplicated += 50
	in.Findings.Rows.Surplus += 50
	in.Findings.Rows.List += 50
	first := int64(chunk*50) + 1
	in.Findings.Samples = append(in.Findings.Samples, check.Stretch{
		Outcome: "duplicated", First: first, Last: first + 49, Rows: 50, Chunk: chunk, Times: 2, Text: "elements 3 and 53",
	})
}

func giveUp(in *verdict.Evidence) { in.Ended, in.DeadlineHit = false, true }

type judged struct {
	name     string
	change   func(*verdict.Evidence)
	verdicts []reports.Verdict
	why      string
}

func verdicts(v ...reports.Verdict) []reports.Verdict { return v }

var judgements = slices.Concat(lostJudgements, duplicatedJudgements, stuckJudgements, inconclusiveJudgements)

var lostJudgements = []judged{
	{"all is well", func(*verdict.Evidence) {}, verdicts(reports.Safe), "400 rows arrived exactly once, in 8 chunks"},
	{"a chunk that nobody marked, after all ended", func(in *verdict.Evidence) {
		in.Marks = marks(8, 7)
		lose(in, 7, 50)
	}, verdicts(reports.Lost), "50 rows of chunk 7 never arrived, the first is row 351; every worker said that nothing was left"},
	{"without marks, after all ended", func(in *verdict.Evidence) {
		in.Marks = nil
		lose(in, 0, 1)
	}, verdicts(reports.Lost), "1 of 50 rows of chunk 0 never arrived: row 50; every worker said that nothing was left"},
	{"a marked chunk while others are at work", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks, in.CommitsBy = marks(8, 5), map[int][]int{2: {3}}
		lose(in, 2, 20)
		lose(in, 5, 50)
	}, verdicts(reports.Lost, reports.Stuck),
		"20 of 50 rows of chunk 2 never arrived, the first is row 131; the chunk is marked; committed by worker 3; and " +
			"not complete within 10s: 1 of 8 chunks is not marked, 50 of 400 rows are still missing"},
	{"several chunks", func(in *verdict.Evidence) {
		lose(in, 3, 50)
		lose(in, 4, 50)
		in.CommitsBy = map[int][]int{}
	}, verdicts(reports.Lost), "100 rows of 2 chunks never arrived, the first is row 151 (chunk 3); the chunk is marked; " +
		"no worker reported its commit; every worker said that nothing was left"},
	{"a row of no chunk, all chunks being marked", func(in *verdict.Evidence) {
		in.Ended = false
		in.Findings.Outside = check.ChunkCount{Rows: 2, Present: 1, FirstMissing: 900}
		in.Findings.Rows.Lost = 1
	}, verdicts(reports.Lost), "1 of 2 rows of no chunk never arrived: row 900; all chunks are marked"},
	{"other content", func(in *verdict.Evidence) {
		in.Findings.Rows.Corrupted = 2
		in.Findings.Samples = []check.Stretch{{Outcome: "corrupted", First: 12, Last: 12, Rows: 1, Times: 1}}
		in.CommitsBy = map[int][]int{0: {1}}
	}, verdicts(reports.Lost), "2 elements differ from their rows in content, the first is row 12 (chunk 0); committed by worker 1"},
}

var duplicatedJudgements = []judged{
	{"a chunk that two workers committed", func(in *verdict.Evidence) {
		duplicate(in, 2)
		in.CommitsBy = map[int][]int{2: {3, 5}}
	}, verdicts(reports.Duplicated), "rows 101-150 (chunk 2) are in the list twice; committed by worker 3, then worker 5"},
	{"two chunks, the first by one worker", func(in *verdict.Evidence) {
		duplicate(in, 0)
		duplicate(in, 2)
		in.CommitsBy = map[int][]int{0: {4, 4}}
	}, verdicts(reports.Duplicated), "rows 1-50 (chunk 0) are in the list twice; committed by worker 4, then worker 4 again; " +
		"100 rows in all are there more than once"},
	{"one row, of a external worker", func(in *verdict.Evidence) {
		in.Marks = nil
		in.Findings.Rows.Duplicated = 1
		in.Findings.Samples = []check.Stretch{{Outcome: "duplicated", First: -7, Last: -7, Rows: 1, Chunk: -1, Times: 4}}
		in.Findings.Unchecked = 403
	}, verdicts(reports.Duplicated), "row -7 (no chunk) is in the list 4 times (403 elements were not checked for content)"},
	{"strangers", func(in *verdict.Evidence) {
		in.Findings.Rows.Unexpected = 3
		in.Findings.Samples = []check.Stretch{{Outcome: "unexpected", First: 9000, Rows: 1, Chunk: -1, Times: 3}}
	}, verdicts(reports.Duplicated), "3 elements are no rows of the table, the first is id 9000 (no chunk)"},
	{"what was left of a row", func(in *verdict.Evidence) {
		lose(in, 1, 1)
		in.Findings.Rows.Unexpected = 1
		in.Findings.Samples = []check.Stretch{{Outcome: "unexpected", Chunk: -1, Times: 1, Text: `element 8, "{"`}}
	}, verdicts(reports.Lost, reports.Duplicated), "1 of 50 rows of chunk 1 never arrived: row 100; the chunk is marked; " +
		`every worker said that nothing was left; and 1 element is no row of the table: element 8, "{"`},
}

var stuckJudgements = []judged{
	{"chunks that are not marked", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks = marks(8, 1, 6)
		in.Faults = []reports.Fault{{Text: "kill worker=1", Reached: true, Confirmed: true}}
		lose(in, 1, 50)
		lose(in, 6, 50)
	}, verdicts(reports.Stuck), "not complete 10s after the last fault healed: 2 of 8 chunks are not marked, 100 of 400 rows are still missing"},
	{"workers that failed", func(in *verdict.Evidence) {
		in.Ended, in.Marks = false, marks(8, 1)
	}, verdicts(reports.Stuck), "the workers failed before the job was complete: 1 of 8 chunks is not marked"},
	{"external workers that failed again and again", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks = nil
		in.Failures, in.LastFailure = 7, `worker 1, exit status 1: "no such table"`
		lose(in, 1, 2)
	}, verdicts(reports.Stuck), `not complete within 10s: 2 of 400 rows are still missing; workers failed 7 times, the last: worker 1, exit status 1: "no such table"`},
	{"external workers that did not end", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks = nil
		lose(in, 1, 2)
	}, verdicts(reports.Stuck), "not complete within 10s: 2 of 400 rows are still missing"},
	{"external workers that loaded all and did not end", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks = nil
	}, verdicts(reports.Stuck), "not complete within 10s: every row is in the list, but not every worker said that nothing was left"},
	{"all marked, but somebody is still at work", giveUp, verdicts(reports.Stuck),
		"not complete within 10s: every row is in the list, but not every worker said that nothing was left"},
	{"all marked, and the last worker died", func(in *verdict.Evidence) { in.Ended = false },
		verdicts(reports.Safe), "400 rows arrived exactly once, in 8 chunks"},
	{"loaded, but not by its own account", func(in *verdict.Evidence) { in.Marks = marks(8, 4, 5) }, verdicts(reports.Stuck),
		"every worker said that nothing was left, but 2 of 8 chunks are not marked although no row is missing there, the first is chunk 4"},
	{"a row of no chunk, in an unfinished job", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks = marks(8, 0)
		in.Findings.Outside = check.ChunkCount{Rows: 1, FirstMissing: 900}
		in.Findings.Rows.Lost = 1
	}, verdicts(reports.Stuck), "not complete within 10s: 1 of 8 chunks is not marked, 1 of 400 rows is still missing"},
	{"a job whose plan was never made", func(in *verdict.Evidence) {
		in.Ended, in.Marks = false, new(lock.Bitmap)
		in.Findings = check.Findings{Rows: reports.RowCounts{Table: 9, Lost: 9}}
		in.Findings.Outside = check.ChunkCount{Rows: 9, FirstMissing: 1}
	}, verdicts(reports.Stuck), "the workers failed before the job was complete: 9 of 9 rows are still missing"},
	{"an empty table, and workers that did not end", func(in *verdict.Evidence) {
		giveUp(in)
		in.Findings = check.Findings{}
	}, verdicts(reports.Stuck), "not complete within 10s: every row is in the list, but not every worker said that nothing was left"},
}

var inconclusiveJudgements = []judged{
	{"faults that were seen", func(in *verdict.Evidence) {
		in.Faults = []reports.Fault{{Text: "kill worker=1", Reached: true, Confirmed: true}}
	}, verdicts(reports.Safe), "400 rows arrived exactly once, in 8 chunks"},
	{"a fault that was not reached", func(in *verdict.Evidence) {
		in.Faults = []reports.Fault{{Text: "kill worker=1", Reached: true, Confirmed: true}, {Text: "kill worker=2"}}
	}, verdicts(reports.Inconclusive), `1 fault was never reached: "kill worker=2"`},
	{"faults that were not confirmed", func(in *verdict.Evidence) {
		in.Faults = []reports.Fault{{Text: "cut a", Reached: true}, {Text: "cut b", Reached: true}}
	}, verdicts(reports.Inconclusive), `2 faults were not seen to take effect, the first is "cut a"`},
	{"a fault that was not confirmed, and why", func(in *verdict.Evidence) {
		in.Faults = []reports.Fault{{Text: "redis-power", Reached: true, Evidence: "Redis had synced\nall"}}
	}, verdicts(reports.Inconclusive), `1 fault was not seen to take effect: "redis-power" (Redis had synced all)`},
	{"a violation under a fault that was not reached", func(in *verdict.Evidence) {
		duplicate(in, 0)
		in.Faults = []reports.Fault{{Text: "kill worker=2"}}
	}, verdicts(reports.Duplicated, reports.Inconclusive),
		`rows 1-50 (chunk 0) are in the list twice; and 1 fault was never reached: "kill worker=2"`},
	{"trouble that nobody planned, and nothing was found", func(in *verdict.Evidence) {
		in.Unplanned = []string{"Redis was started anew"}
	}, verdicts(reports.Safe), "400 rows arrived exactly once, in 8 chunks"},
	{"trouble that nobody planned, and a row that is lost", func(in *verdict.Evidence) {
		lose(in, 7, 50)
		giveUp(in)
		in.Unplanned = []string{"Redis was started anew", "MySQL did not answer for 3s"}
	}, verdicts(reports.Inconclusive), "Redis was started anew, MySQL did not answer for 3s, which was not planned, so the strategy cannot be blamed. " +
		"Found: 50 rows of chunk 7 never arrived, the first is row 351; the chunk is marked; and not complete within 10s: not every worker said that nothing was left"},
	{"no row was seen", func(in *verdict.Evidence) {
		in.Findings = check.Findings{Chunks: make([]check.ChunkCount, 8)}
	}, verdicts(reports.Inconclusive), "nothing was checked: the plan has 8 chunks, but the check saw no row"},
	{"no row was seen, no chunk is marked", func(in *verdict.Evidence) {
		giveUp(in)
		in.Marks = new(lock.Bitmap)
		in.Findings = check.Findings{Chunks: make([]check.ChunkCount, 8)}
	}, verdicts(reports.Inconclusive), "nothing was checked: the plan has 8 chunks, but the check saw no row"},
	{"nothing is known", func(in *verdict.Evidence) { *in = verdict.Evidence{} }, verdicts(reports.Inconclusive),
		"nothing was checked: there was no row, and no worker said that nothing was left"},
	{"an empty table", func(in *verdict.Evidence) { in.Findings = check.Findings{} },
		verdicts(reports.Safe), "the table is empty, and nothing is in the list"},
	{"an empty table, and something in the list", func(in *verdict.Evidence) {
		in.Findings = check.Findings{Rows: reports.RowCounts{List: 1, Unexpected: 1},
			Samples: []check.Stretch{{Outcome: "unexpected", First: 1, Rows: 1, Chunk: -1, Times: 1}}}
	}, verdicts(reports.Duplicated), "1 element is no row of the table: id 1 (no chunk)"},
	{"bare ids", func(in *verdict.Evidence) { in.Findings.Unchecked = 1 }, verdicts(reports.Safe),
		"400 rows arrived exactly once, in 8 chunks (1 element was not checked for content)"},
}

func TestJudge(t *testing.T) {
	for _, row := range judgements {
		t.Run(row.name, func(t *testing.T) {
			in := evidence()
			row.change(&in)
			got := verdict.Judge(in)
			if got.Rows.Unchecked != in.Findings.Unchecked {
				t.Errorf("%d elements were not checked for content, want %d", got.Rows.Unchecked, in.Findings.Unchecked)
			}
			if !slices.Equal(got.Verdicts, row.verdicts) {
				t.Errorf("verdicts %v, want %v", got.Verdicts, row.verdicts)
			}
			if got.Why != row.why {
				t.Errorf("why:\n%s\nwant:\n%s", got.Why, row.why)
			}
			if got.Rows.Lost+got.Rows.Unfinished != in.Findings.Rows.Lost {
				t.Errorf("%d lost and %d unfinished, of %d", got.Rows.Lost, got.Rows.Unfinished, in.Findings.Rows.Lost)
			}
		})
	}
}

func TestJudgeTellsUnfinishedFromLost(t *testing.T) {
	in := evidence()
	giveUp(&in)
	in.Marks = marks(8, 0, 1, 2, 3, 4, 5)
	for chunk := range 6 {
		lose(&in, chunk, 50)
	}
	lose(&in, 7, 20)
	in.CommitsBy = map[int][]int{7: {2}}
	got := verdict.Judge(in)
	if got.Rows.Lost != 20 || got.Rows.Unfinished != 300 {
		t.Errorf("%d lost, %d unfinished", got.Rows.Lost, got.Rows.Unfinished)
	}
	want := []reports.Witness{
		{Outcome: "lost", Row: "381", Chunk: 7, Commits: []int{2}, Text: "20 of 50 rows of chunk 7 did not arrive"},
		{Outcome: "torn", Row: "381", Chunk: 7, Commits: []int{2}, Text: "20 of 50 rows of chunk 7 did not arrive"},
	}
	if diff := cmp.Diff(want, got.Witnesses); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestJudgeKeepsTheFirstWitnesses(t *testing.T) {
	in := evidence()
	for chunk := range 8 {
		lose(&in, chunk, 50)
	}
	duplicate(&in, 3)
	var got []string
	for _, w := range verdict.Judge(in).Witnesses {
		got = append(got, w.Outcome+" "+w.Row+" "+w.Text)
	}
	want := []string{
		"lost 1 50 rows of chunk 0 did not arrive", "lost 51 50 rows of chunk 1 did not arrive",
		"lost 101 50 rows of chunk 2 did not arrive", "lost 151 50 rows of chunk 3 did not arrive",
		"lost 201 50 rows of chunk 4 did not arrive", // and no more
		"duplicated 151 rows 151-200; elements 3 and 53",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

// Whatever is known besides, what was found decides.
func TestJudgeNeverHidesAViolation(t *testing.T) {
	bad := map[string]struct {
		change  func(*verdict.Evidence)
		verdict reports.Verdict
	}{
		"lost":       {func(in *verdict.Evidence) { in.Marks = marks(8); lose(in, 3, 7) }, reports.Lost},
		"duplicated": {func(in *verdict.Evidence) { duplicate(in, 3) }, reports.Duplicated},
		"corrupted":  {func(in *verdict.Evidence) { in.Findings.Rows.Corrupted++ }, reports.Lost},
		"unexpected": {func(in *verdict.Evidence) { in.Findings.Rows.Unexpected++ }, reports.Duplicated},
	}
	rapid.Check(t, func(t *rapid.T) {
		in := evidence()
		in.Ended, in.DeadlineHit = rapid.Bool().Draw(t, "ended"), rapid.Bool().Draw(t, "deadline")
		in.Marks = marks(8, rapid.SliceOf(rapid.IntRange(0, 7)).Draw(t, "unmarked")...)
		in.Faults = []reports.Fault{{Text: "f", Reached: rapid.Bool().Draw(t, "reached"), Confirmed: rapid.Bool().Draw(t, "confirmed")}}
		calm := verdict.Judge(in)
		for _, name := range slices.Sorted(maps.Keys(bad)) {
			changed := in
			changed.Findings.Chunks = slices.Clone(in.Findings.Chunks)
			bad[name].change(&changed)
			j := verdict.Judge(changed)
			if !slices.Contains(j.Verdicts, bad[name].verdict) || !j.Verdict().Bad() {
				t.Fatalf("%s: %v (%s)", name, j.Verdicts, j.Why)
			}
			if name != "lost" && !slices.Contains(j.Verdicts, reports.Inconclusive) && slices.Contains(calm.Verdicts, reports.Inconclusive) {
				t.Fatalf("%s: the doubt is gone: %v", name, j.Verdicts)
			}
			if reports.Worst(j.Verdicts...) != j.Verdict() || strings.TrimSpace(j.Why) == "" {
				t.Fatalf("%s: %v: %q", name, j.Verdicts, j.Why)
			}
		}
	})
}
