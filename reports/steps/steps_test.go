package steps

import (
	"strings"
	"testing"

	"onceover/reports"
)

func TestStepsAreSaidInWords(t *testing.T) {
	ask := reports.Step{Number: 1, AtMS: 2, Worker: 1, Server: "redis", Request: "GET x", Reply: "nil", Outcome: reports.StepAnswered}
	with := func(change func(*reports.Step)) reports.Step {
		s := ask
		change(&s)
		return s
	}
	cx := reports.Counterexample{Verdict: reports.Duplicated, Steps: []reports.Step{{Number: 5, Rows: "7 8"}}}
	for want, step := range map[string]reports.Step{
		"1|2 ms|w1|Redis|GET x|nil|": ask,
		"1|2 ms|w1'|MySQL|GET x|nil|it is executed, and the reply is lost": with(func(s *reports.Step) {
			s.Life, s.Server, s.Outcome = 1, "mysql", reports.StepReplyLost
		}),
		"1|2 ms|w1|Redis|GET x||the worker dies before it sends it": with(func(s *reports.Step) { s.Reply, s.Outcome = "", reports.StepDies }),
		"1|2 ms|w1|Redis|GET x||it is executed, and the worker dies": with(func(s *reports.Step) {
			s.Reply, s.Outcome = "", reports.StepDiesAfter
		}),
		"|0 ms|w1||||dies":                                        {Worker: 1, Outcome: reports.StepDies},
		"|0 ms|w1||||dies: kill at=read":                          {Worker: 1, Outcome: reports.StepDies, Text: "dies: kill at=read"},
		"|0 ms|everybody||||Redis dies":                           {Worker: reports.Nobody, Outcome: reports.StepNote, Text: "Redis dies"},
		"|5.040 s|w2'4||||ends":                                   {AtMS: 5040, Worker: 2, Life: 4, Outcome: reports.StepNote, Text: "ends"},
		"1|2 ms|w1|Redis|GET x|nil|rows 7, 8 and 9 into the list": with(func(s *reports.Step) { s.Rows = "7 8 9" }),
		"1|2 ms|w1|Redis|GET x|nil|rows 7 and 9 into the list; violates: row 7 pushed again, first in step 5": with(func(s *reports.Step) {
			s.Rows, s.Bad, s.First = "7 9", true, 5
		}),
		"1|2 ms|w1|Redis|GET x|nil|violates: a row is duplicated": with(func(s *reports.Step) { s.Bad = true }),
	} {
		w := In(cx, step)
		if got := strings.Join([]string{w.Number, w.At, w.Worker, w.Server, w.Request, w.Reply, w.Outcome()}, "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
