package chart

import (
	"fmt"

	"onceover/reports"
)

// asks is a step in which a worker asks Redis for something and is answered.
func asks(n, worker int, at float64, request, reply string) reports.Step {
	return reports.Step{Number: n, AtMS: at, Worker: worker, Server: "redis", Request: request, Reply: reply, Outcome: reports.StepAnswered}
}

func placed(s reports.Step, place string, chunk int) reports.Step {
	s.Place, s.Chunk = place, chunk
	return s
}

func pushes(s reports.Step, rows string) reports.Step {
	s.Rows = rows
	return s
}

func with(s reports.Step, o reports.StepOutcome) reports.Step {
	s.Outcome = o
	return s
}

// stale is a worker that commits although its lease has run out.
func stale() reports.Counterexample {
	commit := "MULTI{LPUSH rows row:17; SETBIT chunks 0 1}"
	bad := pushes(placed(asks(6, 0, 20, commit, "2, 1"), "committing", 0), "17")
	bad.Bad, bad.First = true, 5
	return reports.Counterexample{
		Verdict: reports.Duplicated, Sentence: "Row 17 is pushed in step 5 by w1 and again in step 6 by w0.",
		Workers: []int{0, 1}, Servers: []string{"redis", "mysql"},
		Steps: []reports.Step{
			placed(asks(1, 0, 0, "SCRIPT lease lock:0 w0.0 4 20", "OK"), "claiming", 0),
			placed(reports.Step{Number: 2, Worker: 0, Server: "mysql", Request: "SELECT * FROM items WHERE id >= 17 AND id < 18", Reply: "1 row", Outcome: reports.StepAnswered}, "reading", 0),
			{Number: 3, AtMS: 20, Worker: reports.Nobody, Text: "time passes, lock:0 runs out", Outcome: reports.StepNote, RunsOut: []int{0}},
			placed(asks(4, 1, 20, "SCRIPT lease lock:0 w1.0 4 20", "OK"), "claiming", 0),
			pushes(placed(asks(5, 1, 20, commit, "1, 0"), "committing", 0), "17"),
			bad,
		},
	}
}

// skipped is a worker that dies with a chunk that nobody takes up again.
func skipped() reports.Counterexample {
	dies := with(asks(6, 1, 0, "MULTI{LPUSH rows row:1; SETBIT chunks 0 1}", ""), reports.StepDies)
	dies.Bad = true
	return reports.Counterexample{
		Verdict: reports.Lost, Sentence: "Row 1 is not in the list, although every worker that was left said that nothing is left to do. Before that, w1 dies in step 6.",
		Workers: []int{1, 0}, Servers: []string{"redis"},
		Steps: []reports.Step{
			asks(1, 1, 0, "GETBIT chunks 0", "0"),
			asks(2, 1, 0, "MULTI{CLIENT LIST; CLIENT SETNAME chunk_0}", "no names, OK"),
			asks(3, 0, 0, "GETBIT chunks 0", "0"),
			asks(4, 0, 0, "MULTI{CLIENT LIST; CLIENT SETNAME chunk_0}", "names chunk_0, OK"),
			asks(5, 0, 0, "GET chunks", "nil"),
			{Worker: 0, Text: "ends: nothing is left to do", Outcome: reports.StepNote},
			dies,
		},
	}
}

// everything has each outcome, several lives, and a redis that dies.
func everything() reports.Counterexample {
	again := pushes(asks(11, 2, 5040, "MULTI{LPUSH rows row:1 row:2 row:3 row:4 row:5; SETBIT chunks 0 1}", "10, 1"), "1 2 3 4 5")
	again.Bad, again.First, again.Life = true, 4, 4
	return reports.Counterexample{
		Verdict: reports.Duplicated, Workers: []int{2, 0, 1}, Servers: []string{"redis", "mysql"},
		Sentence: "Rows 1 to 5 are pushed in step 4 by w0 and again in step 11 by w2.",
		Steps: []reports.Step{
			asks(1, 2, 0, "GETBIT chunks 0", "0"),
			with(asks(2, 0, 1.5, "GETBIT chunks 0", ""), reports.StepCutBefore),
			asks(3, 0, 2, "GETBIT chunks 0", "0"),
			with(pushes(asks(4, 0, 3, "MULTI{LPUSH rows row:1 row:2 row:3 row:4 row:5; SETBIT chunks 0 1}", "5, 0"), "1 2 3 4 5"), reports.StepReplyLost),
			with(asks(5, 1, 4, "CLIENT SETNAME chunk_1", ""), reports.StepGivenUp),
			with(asks(6, 2, 6, "CLIENT SETNAME chunk_0", "OK"), reports.StepDiesAfter),
			with(asks(7, 0, 7, "", ""), reports.StepDies),
			{Number: 8, AtMS: 12, Worker: reports.Nobody, Text: "Redis dies and starts again", Outcome: reports.StepNote},
			{Number: 9, AtMS: 5040, Worker: 2, Life: 4, Server: "mysql", Request: "SELECT id, payload FROM items WHERE id >= 1 AND id < 6 ORDER BY id, with a lot of words that do not fit into the picture", Reply: "5 rows", Outcome: reports.StepAnswered},
			func() reports.Step { s := asks(10, 2, 5040, "GETBIT chunks 0", "0"); s.Life = 4; return s }(),
			again,
		},
	}
}

// long has more steps than a picture shows, and some that are repeated.
func long() reports.Counterexample {
	cx := stale()
	steps := []reports.Step{}
	number := 0
	add := func(s reports.Step) {
		number++
		s.Number = number
		s.AtMS = float64(number)
		steps = append(steps, s)
	}
	for i := range 30 {
		add(asks(0, i%2, 0, fmt.Sprintf("GETBIT chunks %d", i), "1"))
	}
	for range 120 {
		add(asks(0, 0, 0, "GET chunks", "nil"))
		add(asks(0, 0, 0, "SCRIPT lease lock:0 w0.0 4 20", "nil"))
	}
	shift := number
	for _, s := range cx.Steps {
		if s.First > 0 {
			s.First += shift
		}
		add(s)
	}
	cx.Steps = steps
	return cx
}

func counterexamples() map[string]reports.Counterexample {
	return map[string]reports.Counterexample{
		"stale": stale(), "skipped": skipped(), "everything": everything(), "long": long(), "empty": {},
	}
}
