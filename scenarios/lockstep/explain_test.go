package lockstep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/sim"
)

// trace reads a run of which each line is an event or a note:
//
//	w0 lose-reply: RPUSH rows 1 2 => :2 + 1 2
//	w0 loses chunk_0
//	w0' ends
//
// Chunks have two rows. An event that is no fault has no kind, and :1 is the usual reply.
func trace(t *testing.T, verdict reports.Verdict, row int64, text string) evidence {
	t.Helper()
	r := Result{}
	r.Finding = sim.Finding{Verdict: verdict, Row: row}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		who, rest, _ := strings.Cut(line, " ")
		worker, err := -1, error(nil)
		if who != "nobody" {
			worker, err = strconv.Atoi(strings.Trim(who, "w'"))
		}
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		s := sim.Step{Worker: worker, Life: strings.Count(who, "'")}
		if verb, name, _ := strings.Cut(rest, " "); slices.Contains([]string{"loses", "fails", "ends"}, verb) {
			s.Note, s.Text, s.Name = true, rest, name
			r.Trace = append(r.Trace, s)
			continue
		}
		kind, request, ok := strings.Cut(rest+" ", ": ")
		if !ok || strings.Contains(kind, " ") {
			kind, request = "deliver", rest
		}
		if s.ID.Kind, ok = sim.FindEvent(kind); !ok {
			t.Fatalf("%q: there is no event %s", line, kind)
		}
		request, s.Rows, _ = strings.Cut(request, " + ")
		request, reply, ok := strings.Cut(request, " => ")
		if !ok {
			reply = ":1"
		}
		rec := record{reply: []byte(reply + "\r\n")}
		if slices.Contains(notSent, s.ID.Kind) {
			rec.reply = nil
		}
		if slices.Contains([]string{"SELECT", "UPDATE", "INSERT", "DELETE"}, firstWord(request)) {
			s.Server, rec.sql = sim.MySQL, request
		} else {
			for command := range strings.SplitSeq(request, "; ") {
				var args [][]byte
				for word := range strings.FieldsSeq(command) {
					args = append(args, []byte(word))
				}
				rec.commands = append(rec.commands, args)
			}
		}
		r.Trace, r.records = append(r.Trace, s), append(r.records, rec)
	}
	return evidenceOf(r, 2)
}

func TestAMistakeIsNamedByWhatATraceShowsOfIt(t *testing.T) {
	for _, c := range explained {
		t.Run(c.name, func(t *testing.T) {
			e := trace(t, c.verdict, c.row, c.trace)
			for _, m := range mechanisms {
				if text := m.seen(e); text != "" && m.name != c.mechanism {
					t.Errorf("%s says: %s", m.name, text)
				}
			}
			if got := explain(e); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEachMechanismIsNamedInATestAndHasANearMiss(t *testing.T) {
	for _, m := range mechanisms {
		named, near := false, false
		for _, c := range explained {
			named = named || c.mechanism == m.name && c.want != ""
			near = near || c.near == m.name && c.mechanism != m.name
		}
		if !named || !near {
			t.Errorf("%s: named in a test %v, with a near miss %v", m.name, named, near)
		}
	}
}

func TestNothingIsExplainedWithoutABadRow(t *testing.T) {
	for _, f := range []sim.Finding{{}, {Verdict: reports.Safe}, {Verdict: reports.Duplicated}, {Verdict: reports.Stuck, Row: 1}} {
		if got := explain(evidence{Finding: f, size: 2}); got != "" {
			t.Errorf("%v: %s", f, got)
		}
	}
	if got := fmt.Sprint(evidenceOf(Result{}, 2).acts); got != "[]" {
		t.Errorf("a run without events has the events %s", got)
	}
}
