package draw

import "onceover/reports"

// Report is a case as reports show it. How it was found and how it can be
// carried out again is for the caller to add.
func Report(c Case) reports.Counterexample {
	return reports.Counterexample{Verdict: c.Run.Verdict, Sentence: verdictSentence(c)}
}
