package draw

import (
	"fmt"
	"io"
	"strings"

	"onceover/sim"
)

// Mermaid writes a sequence diagram (mermaid.js.org/syntax/sequenceDiagram).
func Mermaid(out io.Writer, c Case) error {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	for i := range c.Setup.Workers {
		fmt.Fprintf(&b, "  participant w%d\n", i)
	}
	var last string
	for _, server := range drawn(c, sim.Redis) {
		last = server.String()
		fmt.Fprintf(&b, "  participant %s\n", last)
	}
	for _, s := range shown(c.Run.Trace) {
		mermaidStep(&b, s, last)
	}
	fmt.Fprintf(&b, "  Note over w0,%s: %s: %s\n", last, c.Run.Verdict, mermaidText(Sentence(c)))
	_, err := io.WriteString(out, b.String())
	return err
}

// mermaidStep draws what concerns everybody from the first participant to the last.
func mermaidStep(b *strings.Builder, s sim.Step, last string) {
	name := fmt.Sprintf("w%d", s.Worker)
	switch {
	case s.Worker < 0:
		fmt.Fprintf(b, "  Note over w0,%s: %v: %s\n", last, s.At, mermaidText(s.Text))
	case s.Request == "":
		fmt.Fprintf(b, "  Note over %s: %s\n", name, mermaidText(s.Text))
	case arrow(s.ID.Kind) == "":
		fmt.Fprintf(b, "  Note over %s: dies before %s\n", name, mermaidText(s.Request))
	case strings.HasPrefix(arrow(s.ID.Kind), "=>"):
		fmt.Fprintf(b, "  %s->>%v: %s\n", name, s.Server, mermaidText(s.Request))
		if arrow(s.ID.Kind) == "=>" {
			fmt.Fprintf(b, "  %v-->>%s: %s\n", s.Server, name, mermaidText(s.Reply))
		} else {
			fmt.Fprintf(b, "  %v--x%s: %s\n", s.Server, name, mermaidText(s.ID.Kind.String()))
		}
	default:
		fmt.Fprintf(b, "  %s-x%v: %s (%v)\n", name, s.Server, mermaidText(s.Request), s.ID.Kind)
	}
	if s.Bad {
		fmt.Fprintf(b, "  Note right of %v: here\n", s.Server)
	}
}

// mermaidText takes out what has a meaning in Mermaid.
func mermaidText(text string) string {
	return strings.NewReplacer(";", ",", "#", "", "\n", " ", "{", "(", "}", ")").Replace(text)
}
