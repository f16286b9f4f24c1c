package reporttest

import "onceover/reports"

// Example is a short counterexample with a step of many kinds.
func Example() reports.Counterexample {
	return reports.Counterexample{
		Verdict:  reports.Lost,
		Sentence: "Row 1 is not in the list, although every worker that was left said that nothing is left to do. Before that, w1 dies in step 4.",
		Passing:  "If step 1 came only after step 2, nothing would go wrong.",
		Workers:  []int{1, 0}, Servers: []string{"redis"}, ShrunkFrom: 120, Repeated: 20,
		Replay: "onceover replay explore-out/connection-name-budget-lost.jsonl",
		Steps: []reports.Step{
			{Number: 1, Worker: 1, Server: "redis", Request: "MULTI{CLIENT LIST; CLIENT SETNAME chunk_0}", Reply: "no names, OK", Outcome: reports.StepAnswered},
			{Number: 2, AtMS: 1, Worker: 0, Server: "redis", Request: "GET chunks", Reply: "nil", Outcome: reports.StepAnswered},
			{AtMS: 1, Worker: 0, Text: "ends: nothing is left to do", Outcome: reports.StepNote},
			{Number: 3, AtMS: 2, Worker: 1, Server: "redis", Request: "LPUSH rows row:1", Reply: "1", Outcome: reports.StepReplyLost, Rows: "1"},
			{Number: 4, AtMS: 2.5, Worker: 1, Server: "redis", Request: "MULTI{LPUSH rows row:1; SETBIT chunks 0 1}", Outcome: reports.StepDies, Bad: true},
		},
	}
}

// WithExample is the sample with a counterexample; text is appended to every text.
func WithExample(text string) *reports.Results {
	r := Sample()
	for i := range r.Cells {
		if r.Cells[i].State == reports.Worse {
			r.Cells[i].Counterexamples = []reports.Counterexample{Example()}
		}
	}
	SpoilAll(r, text)
	return r
}
