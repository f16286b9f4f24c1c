package lockstep

import "onceover/reports"

// mechanism knows one mistake of programs by what it leaves in a trace.
type mechanism struct {
	name string
	// seen is the sentence about it, without its full stop; "": this was not the mistake.
	seen func(e evidence) string
}

// mechanisms are tried one after the other. The most specific come first.
var mechanisms = []mechanism{
	{"resent", resent},
	{"chunks overlap", overlap},
	{"name lost", nameLost},
	{"lock of another deleted", deletedLock},
	{"lock ran out", ranOut},
	{"looked before the lock", looked},
	{"push and mark apart", apart},
	{"half a result", halfResult},
	{"mark before push", markedFirst},
	{"passed over", passedOver},
	{"gap between chunks", gap},
}

// explain names the mistake that made a row bad, as far as the evidence shows it; else it is empty.
func explain(e evidence) string {
	if e.Row < 1 || e.Verdict != reports.Duplicated && e.Verdict != reports.Lost {
		return ""
	}
	for _, m := range mechanisms {
		if text := m.seen(e); text != "" {
			return text
		}
	}
	return ""
}
