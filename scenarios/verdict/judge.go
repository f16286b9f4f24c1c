// Package verdict judges a run from the evidence: the findings of the check, the
// marks of the workers, and the faults that were seen.
package verdict

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios/check"
)

// Evidence is what is known of a run when it is judged.
type Evidence struct {
	Findings check.Findings
	Target   string // where the rows had to arrive, in sentences; default: the list

	// Marks are the chunks that the workers marked as committed; nil for
	// workers that keep no such marks.
	Marks *lock.Bitmap
	// Ended: every worker that was not killed for good ended, and said that
	// nothing was left to do.
	Ended bool
	// DeadlineHit: the workers had not Ended when their time was over.
	DeadlineHit bool
	// Waited is how long they had, since the last fault healed or, without
	// faults, since the beginning. For the sentence.
	Waited time.Duration

	Faults []reports.Fault // what was planned, and what became of it

	// Unplanned is the trouble that was not in the plan: a server that died, a
	// harness that stood still. Each goes on after its subject.
	Unplanned []string

	// Failures is how often a worker failed that no fault had struck, and
	// LastFailure how the last one did. For the sentence.
	Failures    int
	LastFailure string

	// CommitsBy are the workers that reported a commit of a chunk, in order;
	// nil where workers report nothing.
	CommitsBy map[int][]int
}

// Judgement is what a run came to.
type Judgement struct {
	Verdicts  []reports.Verdict // the worst first; never empty
	Why       string            // one sentence, the worst first
	Rows      reports.RowCounts // with the unfinished told from the lost
	Witnesses []reports.Witness
}

// Verdict is the worst.
func (j Judgement) Verdict() reports.Verdict { return j.Verdicts[0] }

// Judge decides what a run came to, from nothing but the evidence.
//
// Lost: a row is missing although its chunk is marked, or although the workers
// have Ended, or, if it is in no chunk, although all chunks are marked. Also: an
// element has other content than its row, for then the row did not arrive as it was.
//
// Duplicated: a row is in the list more than once. Also: an element is no row
// of the table. It is one too many, as a copy is; if it is what was left of a
// row, then that row is missing, and is lost on its own account.
//
// Stuck: the job is not complete. It is when the workers have Ended, and each
// chunk that lacks no row is marked. If they have not, it is only when all
// chunks are marked and nobody is still at work: the last worker died over a
// finished job. Rows that are missing in chunks that are not marked are
// unfinished as long as the workers have not Ended.
//
// Inconclusive: a planned fault was not reached, or was not seen to take
// effect; or there are chunks, but the check saw no row; or there is neither,
// and the workers just failed. This is never worse than what was found.
//
// What Unplanned trouble may have done is no proof: then a run is inconclusive
// whatever was found. If nothing was found, it has borne the trouble too.
//
// Safe: none of these.
func Judge(in Evidence) Judgement {
	in.Target = cmp.Or(in.Target, "the list")
	a := settle(in)
	var clauses []clause
	for _, rule := range []func(account) []clause{lostRule, duplicatedRule, stuckRule, inconclusiveRule} {
		clauses = append(clauses, rule(a)...)
	}
	if len(in.Unplanned) > 0 && len(clauses) > 0 {
		clauses = []clause{{reports.Inconclusive, unplannedSentence(in.Unplanned, clauses)}}
	}
	if len(clauses) == 0 {
		clauses = []clause{{reports.Safe, a.safeSentence()}}
	}
	j := Judgement{Rows: a.rows, Witnesses: a.witnesses()}
	j.Rows.Unchecked = in.Findings.Unchecked
	texts := make([]string, len(clauses))
	for i, c := range clauses {
		texts[i] = c.text
		j.Verdicts = append(j.Verdicts, c.verdict)
	}
	j.Verdicts = slices.Compact(j.Verdicts)
	j.Why = strings.Join(texts, "; and ") + a.uncheckedSentence()
	return j
}

// clause is one finding, in words.
type clause struct {
	verdict reports.Verdict
	text    string
}

// missing is the rows that one chunk lacks.
type missing struct {
	chunk  int
	marked bool
	check.ChunkCount
}

// account is the evidence with each missing row put down as lost or unfinished.
type account struct {
	Evidence
	rows       reports.RowCounts
	unmarked   int       // chunks
	idle       int       // of them, how many lack no row
	firstIdle  int       // the first of those
	lostChunks int       // chunks that lost rows
	lost       []missing // the first of them
	torn       []missing // the first chunks of which a part arrived
}

func settle(in Evidence) account {
	a := account{Evidence: in, rows: in.Findings.Rows}
	a.rows.Lost, a.rows.Unfinished = 0, 0
	for i, count := range in.Findings.Chunks {
		a.chunk(missing{i, in.Marks != nil && in.Marks.Set(i), count})
	}
	if outside := in.Findings.Outside; outside.Missing() > 0 {
		a.put(missing{check.NoChunk, a.allMarked(), outside})
	}
	return a
}

func (a *account) chunk(m missing) {
	if a.Marks != nil && !m.marked {
		a.unmarked++
		if m.Missing() == 0 {
			if a.idle == 0 {
				a.firstIdle = m.chunk
			}
			a.idle++
		}
	}
	if m.Torn() && len(a.torn) < check.MostSamples {
		a.torn = append(a.torn, m)
	}
	if m.Missing() > 0 {
		a.put(m)
	}
}

func (a *account) put(m missing) {
	if !m.marked && !a.Ended {
		a.rows.Unfinished += m.Missing()
		return
	}
	a.rows.Lost += m.Missing()
	a.lostChunks++
	if len(a.lost) < check.MostSamples {
		a.lost = append(a.lost, m)
	}
}

// allMarked is false of no chunks: marks that do not exist prove nothing.
func (a *account) allMarked() bool {
	return a.Marks != nil && len(a.Findings.Chunks) > 0 && a.unmarked == 0
}

func (a *account) complete() bool {
	if a.Ended {
		return a.idle == 0
	}
	return a.allMarked() && !a.DeadlineHit
}

func (a *account) witnesses() []reports.Witness {
	var all []reports.Witness
	for _, m := range a.lost {
		all = append(all, m.witness(check.Lost))
	}
	for _, m := range a.torn {
		all = append(all, m.witness(check.Torn))
	}
	for _, s := range a.Findings.Samples {
		all = append(all, s.Witness())
	}
	for i := range all {
		if a.CommitsBy != nil {
			all[i].Commits = append([]int{}, a.CommitsBy[all[i].Chunk]...)
		}
	}
	return all
}

func (m missing) witness(outcome string) reports.Witness {
	return reports.Witness{
		Outcome: outcome, Row: strconv.FormatInt(m.FirstMissing, 10), Chunk: m.chunk,
		Text: m.amount() + " did not arrive",
	}
}
