package markdown

import (
	"fmt"
	"io"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/recheck"
)

// mostAnnotations is how many errors GitHub shows of a step.
const mostAnnotations = 10

// Place is a line of a file of the repository; Line 0: none in particular.
type Place struct {
	File string
	Line int
}

// Annotate writes what is wrong as commands for the runner of GitHub's workflows,
// which it takes from standard output: one error for each reason, or for the
// whole, and none for a pass. The function where finds the place at which a reason is
// shown; nil, or an empty place, means none.
func Annotate(w io.Writer, r *reports.Results, where func(reports.Reason) Place) error {
	r = recheck.Supported(r)
	var all []string
	for _, reason := range r.Gate.Reasons {
		if reason.State == reports.Better {
			continue
		}
		var at Place
		if where != nil {
			at = where(reason)
		}
		all = append(all, annotation(at, format.State(reason.State)+" "+reason.Cell, sentence(r, reason)))
	}
	n := reports.Summarize(r)
	if answer := r.Gate.Status; answer != reports.Pass && (len(all) == 0 || n.Partial() || n.Cells == 0) {
		whole := annotation(Place{}, answers[answer], fmt.Sprintf("%s; %d of %d runs done", format.Problems(n), r.Run.Done, r.Run.Planned))
		all = append([]string{whole}, all...)
	}
	if more := len(all) - mostAnnotations; more > 0 {
		all = append(all[:mostAnnotations-1], annotation(Place{}, "Onceover", fmt.Sprintf("and %d more", more+1)))
	}
	_, err := io.WriteString(w, strings.Join(all, ""))
	return err
}

func sentence(r *reports.Results, reason reports.Reason) string {
	text := snip(format.Plain(reason.Text))
	c, _ := r.Of(reason)
	run, ok := c.Example()
	if !ok {
		return text
	}
	return fmt.Sprintf("%s\n%s: %s\nreplay: %s", text, format.Verdicts(run.Found()), snip(format.Plain(run.Why)), format.Plain(run.Replay))
}

var (
	inMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func annotation(at Place, title, message string) string {
	properties := "title=" + inProperty.Replace(format.Plain(title))
	if at.File != "" {
		properties += ",file=" + inProperty.Replace(format.Plain(at.File))
		if at.Line > 0 {
			properties += fmt.Sprintf(",line=%d", at.Line)
		}
	}
	return "::error " + properties + "::" + inMessage.Replace(message) + "\n"
}
