package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
)

// Finding is what a schedule came to.
type Finding struct {
	Verdict reports.Verdict `json:"verdict"`       // "" while it is not over
	Row     int64           `json:"row,omitempty"` // the bad row; 0 if there is none
	Why     string          `json:"why,omitempty"`
}

// tally counts how often each row has arrived: in the list, or with a consumer.
type tally struct {
	counts []uint8 // of row i+1
	taken  []uint8 // of them, by a consumer; nil: none
	total  int     // in the list
}

// take keeps what is in the list as taken by a consumer.
func (t *tally) take() { t.taken, t.total = slices.Clone(t.counts), 0 }

// recount counts anew, and returns the first row that is there twice or that
// does not belong there.
func (t *tally) recount(elements []string) (bad int64, ok bool) {
	clear(t.counts)
	copy(t.counts, t.taken)
	t.total = len(elements)
	ok = true
	for _, e := range elements {
		id := rowID(e)
		if id < 1 || id > int64(len(t.counts)) {
			return id, false
		}
		if t.counts[id-1]++; t.counts[id-1] == 2 {
			bad, ok = id, false
		}
	}
	return bad, ok
}

// rowID reads the id out of an element: a JSON object with the member id, or
// the bare id; 0 if there is none.
func rowID(element string) int64 {
	digits := element
	if i := strings.Index(element, `"id":`); i >= 0 {
		digits = strings.TrimLeft(element[i+len(`"id":`):], " ")
	}
	n := 0
	for n < len(digits) && (digits[n] >= '0' && digits[n] <= '9' || n == 0 && digits[n] == '-') {
		n++
	}
	id, _ := strconv.ParseInt(digits[:n], 10, 64)
	return id
}

// checkList checks the list after an event.
func (w *world) checkList() {
	elements := w.redis.List(list)
	if len(elements) == w.tally.total {
		return
	}
	var before []uint8
	if w.journal != nil {
		before = slices.Clone(w.tally.counts)
	}
	bad, ok := w.tally.recount(elements)
	w.noteRows(before)
	switch {
	case ok:
	case bad >= 1 && int(bad) <= len(w.tally.counts):
		w.found = Finding{reports.Duplicated, bad, fmt.Sprintf("row %d is in the list twice", bad)}
	default:
		w.found = Finding{reports.Duplicated, bad, fmt.Sprintf("an element with the id %d is in the list, and no such row is in the table", bad)}
	}
}

func (w *world) stuck(why string) { w.found = Finding{Verdict: reports.Stuck, Why: why} }

// judge decides when nothing can happen any more.
func (w *world) judge() {
	if w.found.Verdict != "" {
		return
	}
	missing := int64(slices.Index(w.tally.counts, 0) + 1)
	gaveUp := w.first(failed)
	switch {
	case missing == 0 && w.first(alive) < 0:
		w.found = Finding{Verdict: reports.Safe, Why: "every row is in the list once"}
	case missing > 0 && w.marked(missing):
		w.found = Finding{reports.Lost, missing, fmt.Sprintf("row %d is not in the list, although its chunk is marked as committed", missing)}
	case w.first(alive) >= 0:
		w.stuck("a worker waits for something that never comes")
	case gaveUp >= 0:
		w.stuck(fmt.Sprintf("row %d is missing, and a worker gave up: %s", missing, w.workers[gaveUp].err))
	case w.first(done) >= 0:
		w.found = Finding{reports.Lost, missing, fmt.Sprintf("row %d is not in the list, although every worker that was left said that nothing is left to do", missing)}
	default:
		w.found = Finding{Verdict: reports.Inconclusive, Why: "no worker was left to do the work"}
	}
}

// marked tells whether the chunk of a row is marked as committed.
func (w *world) marked(row int64) bool {
	return w.redis.Bit(keys.Chunks, (row-1)/int64(w.scene.Setup.Rows))
}

// first is the first worker of a status; -1 if there is none.
func (w *world) first(s status) int {
	return slices.IndexFunc(w.workers, func(k worker) bool { return k.status == s })
}

// final identifies what a run ended with: rows, marks, workers, verdict. The
// order of the list is no part of it.
func (w *world) final() string {
	b := make([]byte, 0, 64)
	b = append(b, w.tally.counts...)
	for i := range w.scene.Setup.Chunks {
		b = strconv.AppendBool(b, w.redis.Bit(keys.Chunks, int64(i)))
	}
	for i := range w.workers {
		b = strconv.AppendUint(b, uint64(w.workers[i].status), 10)
	}
	b = append(b, w.found.Verdict...)
	return string(strconv.AppendInt(b, w.found.Row, 10))
}
