package timeline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
)

// commit is one that was answered.
type commit struct {
	at   float64
	rows int64 // 0: the history does not say
}

// curve adds up the commits: in rows if the history says how many each had, and
// otherwise in chunks.
func (r *reading) curve() Curve {
	c := Curve{Unit: Chunks, Total: r.chunks}
	silent := 0
	for _, one := range r.commits {
		if one.rows <= 0 {
			silent++
		}
	}
	if silent < len(r.commits) {
		c.Unit, c.Total = Rows, r.rows
		for range silent {
			r.mistakes.add("1 commit does not say how many rows it had", "%d commits do not say how many rows they had")
		}
	}
	var sum int64
	for _, one := range r.commits {
		n := int64(1)
		if c.Unit == Rows {
			n = max(0, one.rows)
		}
		sum += n
		if i := len(c.Points) - 1; i >= 0 && c.Points[i].AtMS == one.at {
			c.Points[i].N = sum
		} else if n > 0 {
			c.Points = append(c.Points, Point{one.at, sum})
		}
	}
	return c
}

var plan = regexp.MustCompile(`(?:^|[ ,])(\d{1,18}) rows in (\d{1,18}) chunks`)

// planned is how many rows and chunks a run has, if it says so.
func planned(e reports.Event) (rows, chunks int64) {
	if m := plan.FindStringSubmatch(e.Text); m != nil {
		rows, _ = strconv.ParseInt(m[1], 10, 64)
		chunks, _ = strconv.ParseInt(m[2], 10, 64)
	}
	if e.Rows > 0 {
		rows = e.Rows
	}
	return rows, chunks
}

// verdicts reads what a check found: its text begins with them, in brackets.
func verdicts(text string) []reports.Verdict {
	inside, ok := strings.CutPrefix(text, "[")
	if !ok {
		return nil
	}
	inside, _, ok = strings.Cut(inside, "]")
	if !ok {
		return nil
	}
	var all []reports.Verdict
	for word := range strings.FieldsSeq(inside) {
		if v := reports.Verdict(word); slices.Contains(reports.Verdicts(), v) {
			all = append(all, v)
		}
	}
	return all
}
