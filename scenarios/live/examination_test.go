package live

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/target"
)

// seenWell is what is seen of a program that does nothing wrong.
func seenWell() *seen {
	s := &seen{
		ear: newEar(listTarget("rows")), job: SmallJob(scenarios.Workload{Deadline: 3 * time.Second}), list: "rows", took: time.Second, ended: true,
		out:   reports.Run{Rows: reports.RowCounts{Table: 200, List: 200}},
		redis: traffic{through: 2}, mysql: traffic{through: 1},
	}
	s.writes, s.transactions, s.largest, s.kinds["RPUSH"] = 20, 20, 10, 20
	s.requests[toRedis], s.requests[toMySQL] = 65, 20
	return s
}

func TestLinesOfAnExamination(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*seen)
		want   string // a line
	}{
		"connections":    {func(*seen) {}, "ok 2 connections to Redis and 1 connection to MySQL went through the proxies"},
		"content":        {func(*seen) {}, "ok the elements tell the ids of rows, and their payloads are compared"},
		"no content":     {func(s *seen) { s.out.Rows.Unchecked = 200 }, "ok the elements tell the ids of rows; they have no payload"},
		"rows":           {func(*seen) {}, "ok 200 rows arrived exactly once"},
		"cost":           {func(*seen) {}, "does 3.2 commands to Redis and 1.0 statements to MySQL for each chunk of 10 rows"},
		"writes":         {func(*seen) {}, "does writes to the list: 20 RPUSH, in 20 transactions"},
		"no transaction": {func(s *seen) { s.transactions = 0 }, "does writes to the list: 20 RPUSH, outside of transactions"},
		"some":           {func(s *seen) { s.transactions = 1 }, "does writes to the list: 20 RPUSH, in 1 transaction and outside"},
		"scripts":        {func(s *seen) { s.writes, s.largest = 2, 0 }, "WRONG it pushed 100 rows in one step, and a chunk had 10"},
		"unheard write":  {func(s *seen) { s.writes = 0 }, "UNFIT there are 200 elements in the list, and no write of them went through the proxy"},
		"unheard read":   {func(s *seen) { s.mysql.through = 0 }, "UNFIT rows arrived, and no connection to MySQL went through the proxy"},
		"past":           {func(s *seen) { s.mysql.past = 1 }, "UNFIT 1 connection to MySQL went past the proxy"},
		"dialect":        {func(s *seen) { s.unreadable[toRedis] = errors.New("odd") }, "UNFIT it speaks to Redis in a way that the proxy cannot read (odd)"},
		"other lists": {func(s *seen) {
			s.out.Rows, s.others = reports.RowCounts{Table: 200, Lost: 200}, []string{"a", "b", "c", "d"}
		}, `UNFIT the list "rows" is empty, and the program filled another: a, b, c, others`},
		"others": {func(s *seen) {
			s.out.Rows, s.others = reports.RowCounts{Table: 200, List: 190, Lost: 10}, []string{"a"}
		}, "WRONG rows are missing in the list, and there are others: a"},
		"a queue beside it": {func(s *seen) { s.others = []string{"a"} }, "ok 200 rows arrived exactly once"},
		"another type": {func(s *seen) {
			s.out.Rows, s.misfit = reports.RowCounts{Table: 200, List: 1, Lost: 200, Unexpected: 1}, `"rows" is a stream, and no list`
		}, `UNFIT "rows" is a stream, and no list`},
		"a stream": {func(s *seen) { s.ear.target = targetOf(target.Spec{Stream: true}, "rows") }, "does writes to the stream: 20 RPUSH"},
		"lists": {func(s *seen) {
			s.ear.target = targetOf(target.Spec{Lists: []string{"a", "b"}}, "rows")
			s.out.Rows, s.others = reports.RowCounts{Table: 200, Lost: 200}, []string{"c"}
		}, "UNFIT the lists of --list are empty, and the program filled others: c"},
		"twice":     {func(s *seen) { s.out.Rows.List, s.out.Rows.Duplicated, s.out.Rows.Surplus = 203, 3, 3 }, "WRONG 3 of 200 rows are in the list more than once"},
		"corrupted": {func(s *seen) { s.out.Rows.Corrupted = 1 }, "WRONG 1 element in the list differ"},
		"strangers": {func(s *seen) { s.out.Rows.Unexpected = 2 }, "WRONG 2 elements in the list belong to no row"},
		"some illegible": {func(s *seen) {
			s.out.Rows.Unexpected, s.out.Witnesses = 1, []reports.Witness{{Outcome: "unexpected", Text: "element 3"}}
		}, "WRONG some elements of the list tell no id: element 3"},
		"fails, done": {func(s *seen) { s.ended, s.failure = false, "exit status 1" }, "UNFIT all rows are in the list, and the program does not end with 0; exit status 1"},
		"stuck":       {func(s *seen) { s.ended, s.out.Rows.Unfinished = false, 20 }, "WRONG it did not end, and no row arrived for 3s"},
		"stuck rows":  {func(s *seen) { s.ended, s.out.Rows.Unfinished = false, 20 }, "WRONG 20 of 200 rows are not in the list"},
		"children":    {func(s *seen) { s.survivors = 2 }, "WRONG 2 processes went on after the worker"},
	} {
		s := seenWell()
		c.change(s)
		e := s.examination()
		var lines []string
		for _, l := range e.Lines {
			lines = append(lines, string(l.Mark)+" "+l.Text)
			if bad := l.Mark == Wrong || l.Mark == Unfit; bad != (l.Cure != "") {
				t.Errorf("%s: %s has the cure %q", name, l.Text, l.Cure)
			}
		}
		if all := strings.Join(lines, "\n"); !strings.Contains("\n"+all, "\n"+c.want) {
			t.Errorf("%s: no line %s in\n%s", name, c.want, all)
		}
		if good := strings.HasPrefix(c.want, "ok") || strings.HasPrefix(c.want, "does"); good != e.Faultless() {
			t.Errorf("%s: faultless %t", name, e.Faultless())
		}
	}
}
