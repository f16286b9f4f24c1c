package verdict

import (
	"fmt"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/check"
)

func lostRule(a account) []clause {
	var found []clause
	if a.rows.Lost > 0 {
		found = append(found, clause{reports.Lost, a.lostSentence()})
	}
	if n := a.rows.Corrupted; n > 0 {
		first := a.sample(check.Corrupted)
		text := format.Plural(n, "element differs from its row", "elements differ from their rows") + " in content" + lead(n)
		text += fmt.Sprintf("row %d (%s)%s", first.First, chunkName(first.Chunk), a.committed(first.Chunk))
		found = append(found, clause{reports.Lost, text})
	}
	return found
}

func duplicatedRule(a account) []clause {
	var found []clause
	if a.rows.Duplicated > 0 {
		found = append(found, clause{reports.Duplicated, a.duplicatedSentence()})
	}
	if n := a.rows.Unexpected; n > 0 {
		text := format.Plural(n, "element is no row", "elements are no rows") + " of the table" + lead(n)
		found = append(found, clause{reports.Duplicated, text + strangerName(a.sample(check.Unexpected))})
	}
	return found
}

func stuckRule(a account) []clause {
	switch {
	case a.complete() || a.blind() != "":
		return nil
	case a.Ended:
		text := "every worker said that nothing was left, but " + share(a.idle, len(a.Findings.Chunks), "chunks") +
			" not marked although no row is missing there" + lead(int64(a.idle)) + chunkName(a.firstIdle)
		return []clause{{reports.Stuck, text}}
	}
	return []clause{{reports.Stuck, a.waited() + ": " + a.rest() + a.failed()}}
}

func inconclusiveRule(a account) []clause {
	var found []clause
	if why := a.blind(); why != "" {
		found = append(found, clause{reports.Inconclusive, "nothing was checked: " + why})
	}
	var unreached []string
	var unseen []reports.Fault
	for _, f := range a.Faults {
		switch {
		case !f.Reached:
			unreached = append(unreached, f.Text)
		case !f.Confirmed:
			unseen = append(unseen, f)
		}
	}
	if n := int64(len(unreached)); n > 0 {
		found = append(found, clause{reports.Inconclusive,
			format.Plural(n, "fault was", "faults were") + " never reached" + lead(n) + strconv.Quote(unreached[0])})
	}
	if n := int64(len(unseen)); n > 0 {
		text := format.Plural(n, "fault was", "faults were") + " not seen to take effect" + lead(n) + strconv.Quote(unseen[0].Text)
		if why := unseen[0].Evidence; why != "" {
			text += " (" + strings.Join(strings.Fields(why), " ") + ")"
		}
		found = append(found, clause{reports.Inconclusive, text})
	}
	return found
}

// unplannedSentence says what went wrong that no fault of the plan did, and what
// was found under it.
func unplannedSentence(trouble []string, found []clause) string {
	text := strings.Join(trouble, ", ") + ", which was not planned, so the strategy cannot be blamed. Found: " + found[0].text
	for _, c := range found[1:] {
		text += "; and " + c.text
	}
	return text
}

// blind says why the evidence shows nothing, if it does not. An empty run must
// not pass, and must not stand for the violation that a bad strategy owes.
func (a account) blind() string {
	chunks := len(a.Findings.Chunks)
	switch {
	case a.rows.Table > 0:
		return ""
	case chunks > 0:
		return fmt.Sprintf("the plan has %s, but the check saw no row", format.Plural(chunks, "chunk", "chunks"))
	case !a.Ended && !a.DeadlineHit:
		return "there was no row, and no worker said that nothing was left"
	}
	return ""
}

func (a account) lostSentence() string {
	first := a.lost[0]
	text := first.amount()
	if a.lostChunks > 1 {
		text = fmt.Sprintf("%d rows of %d chunks", a.rows.Lost, a.lostChunks)
	}
	text += fmt.Sprintf(" never arrived%srow %d", lead(a.rows.Lost), first.FirstMissing)
	if a.lostChunks > 1 {
		text += " (" + chunkName(first.chunk) + ")"
	}
	switch {
	case first.marked && first.chunk == check.NoChunk:
		text += "; all chunks are marked"
	case first.marked:
		text += "; the chunk is marked" + a.committed(first.chunk)
	}
	if a.Ended {
		text += "; every worker said that nothing was left"
	}
	return text
}

// amount is "20 of 50 rows of chunk 7".
func (m missing) amount() string {
	text := format.Plural(m.Missing(), "row", "rows")
	if m.Torn() {
		text = fmt.Sprintf("%d of %d rows", m.Missing(), m.Rows)
	}
	return text + " of " + chunkName(m.chunk)
}

func (a account) duplicatedSentence() string {
	first := a.sample(check.Duplicated)
	verb := "is"
	if first.Rows > 1 {
		verb = "are"
	}
	text := fmt.Sprintf("%s (%s) %s in %s %s%s",
		first.Name(), chunkName(first.Chunk), verb, a.Target, howOften(first.Times), a.committed(first.Chunk))
	if a.rows.Duplicated > first.Rows {
		text += fmt.Sprintf("; %d rows in all are there more than once", a.rows.Duplicated)
	}
	return text
}

func (a account) waited() string {
	switch {
	case !a.DeadlineHit:
		return "the workers failed before the job was complete"
	case len(a.Faults) > 0:
		return fmt.Sprintf("not complete %s after the last fault healed", a.Waited)
	}
	return fmt.Sprintf("not complete within %s", a.Waited)
}

// failed is how the workers failed of themselves.
func (a account) failed() string {
	if a.Failures == 0 {
		return ""
	}
	return fmt.Sprintf("; workers failed %s, the last: %s", howOften(int64(a.Failures)), a.LastFailure)
}

// rest is what an incomplete job has still to do.
func (a account) rest() string {
	var open []string
	if a.unmarked > 0 {
		open = append(open, share(a.unmarked, len(a.Findings.Chunks), "chunks")+" not marked")
	}
	if n := a.rows.Unfinished; n > 0 {
		open = append(open, share(int(n), int(a.rows.Table), "rows")+" still missing")
	}
	switch {
	case len(open) > 0:
		return strings.Join(open, ", ")
	case a.rows.Lost > 0:
		return "not every worker said that nothing was left"
	}
	return "every row is in " + a.Target + ", but not every worker said that nothing was left"
}

func (a account) safeSentence() string {
	if a.rows.Table == 0 {
		return "the table is empty, and nothing is in " + a.Target
	}
	text := format.Plural(a.rows.Table, "row", "rows") + " arrived exactly once"
	if chunks := len(a.Findings.Chunks); chunks > 0 {
		text += ", in " + format.Plural(chunks, "chunk", "chunks")
	}
	return text
}

func (a account) uncheckedSentence() string {
	if n := a.Findings.Unchecked; n > 0 {
		return fmt.Sprintf(" (%s not checked for content)", format.Plural(n, "element was", "elements were"))
	}
	return ""
}

// committed is "; committed by worker 3, then worker 5".
func (a account) committed(chunk int) string {
	if a.CommitsBy == nil || chunk == check.NoChunk {
		return ""
	}
	workers := a.CommitsBy[chunk]
	if len(workers) == 0 {
		return "; no worker reported its commit"
	}
	text := "; committed by"
	for i, w := range workers {
		if i > 0 {
			text += ", then"
		}
		text += fmt.Sprintf(" worker %d", w)
		if i > 0 && w == workers[i-1] {
			text += " again"
		}
	}
	return text
}

func (a account) sample(outcome string) check.Stretch {
	for _, s := range a.Findings.Samples {
		if s.Outcome == outcome {
			return s
		}
	}
	return check.Stretch{Chunk: check.NoChunk}
}

func strangerName(s check.Stretch) string {
	if s.Rows == 0 {
		return s.Text
	}
	return fmt.Sprintf("id %d (%s)", s.First, chunkName(s.Chunk))
}

func chunkName(chunk int) string {
	if chunk == check.NoChunk {
		return "no chunk"
	}
	return fmt.Sprintf("chunk %d", chunk)
}

// share is "3 of 80 chunks are".
func share(n, of int, nouns string) string {
	verb := "are"
	if n == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%d of %d %s %s", n, of, nouns, verb)
}

// lead goes before the first, or the only, one of n.
func lead(n int64) string {
	if n == 1 {
		return ": "
	}
	return ", the first is "
}

func howOften(times int64) string {
	switch times {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", times)
}
