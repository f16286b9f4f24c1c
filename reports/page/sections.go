package page

import (
	"encoding/json"
	"html/template"
	"strings"

	"onceover/reports"
)

// pageView is what the templates show. It and its parts hold untrusted text as it
// is: the templates escape it.
type pageView struct {
	Title    string
	Head     headView
	Answer   answerView
	Sections []section

	Schema string
	Tool   string
	Beside besideView
	Data   json.RawMessage
	Thin   string // the parts that the data block leaves out
}

// section is a part of the page with a heading, which opens with its answer.
type section struct {
	Anchor, Short string // Short: in the table of contents
	Title, Answer string
	Body          template.HTML
}

func newPageView(s *source, d detail) (*pageView, error) {
	s.detail, s.left = d, nil
	p := &pageView{Title: s.title(), Schema: s.Schema, Tool: toolName(s.Tool), Beside: s.beside()}
	examples := s.examples()
	s.listRuns()
	p.Answer = s.answer(examples)
	var failed error
	add := func(anchor, short, title, answer string, view any) {
		if answer == "" {
			return // there is nothing to show
		}
		body, err := render(anchor, view)
		if err != nil {
			failed = err
		}
		p.Sections = append(p.Sections, section{anchor, short, title, answer, template.HTML(body)})
	}
	findings, evidence, cost, recovery := s.findings(), s.evidence(), s.cost(), s.recovery()
	add("findings", "Findings", "Findings", findings.Answer, findings)
	add("counterexamples", "Counterexamples", "Counterexamples", examples.Answer, examples)
	add("evidence", "How sure?", "How sure is each verdict?", evidence.Answer, evidence)
	add("cost", "What it costs", "What does safety cost?", cost.Answer, cost)
	add("recovery", "Recovery", "How long until it works again?", recovery.Answer, recovery)
	timelines, coverage, baseline, strategies := s.timelines(), s.coverage(), s.baseline(), s.explained()
	add("timelines", "How runs went", "How runs went", timelines.Answer, timelines)
	add("coverage", "What the faults covered", "What the fault plans covered", coverage.Answer, coverage)
	add("baseline", "Since the baseline", "Compared with the baseline", baseline.Answer, baseline)
	add("strategies", "The strategies", "The strategies", strategies.Answer, strategies)
	if len(s.cells) > 0 {
		add("cells", "Every cell", "Every cell", "Each strategy under each scenario, with its runs.", s.byStrategy())
	}
	var err error
	if p.Data, p.Thin, err = s.data(); err != nil {
		return nil, err
	}
	method := s.method() // it and the head name the parts that were left out, so they come last
	add("method", "Method", "Method", method.Answer, method)
	p.Head = s.head()
	p.Head.HowAt = examples.of(p.Head.How)
	return p, failed
}

func toolName(t reports.Tool) string {
	return strings.TrimSpace(strings.TrimSpace(t.Name+" "+t.Version) + " " + t.Commit)
}
