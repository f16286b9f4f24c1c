package compare

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/reports/format"
	"onceover/reports/markdown"
)

// WriteMarkdown writes a comparison for a job summary or a comment: the answer,
// what has changed, and folded up what has not. Costs tells whether they count.
func (c *Comparison) WriteMarkdown(w io.Writer, costs bool) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "## Diff: %s\n\n%s\n\n", c.Answer(costs), c.Summary())
	fmt.Fprintf(&out, "- before: %s\n- now: %s\n", escape(c.Old.String()), escape(c.New.String()))
	for _, sentence := range c.Conditions() {
		fmt.Fprintf(&out, "- %s\n", escape(sentence))
	}
	if len(c.Cells) > c.Count(Same) {
		fmt.Fprintf(&out, "\n%s\n", c.changes().RenderMarkdown())
	}
	for _, cell := range c.Cells {
		if cell.Run != nil {
			fmt.Fprintf(&out, "\n%s, seed %d, %s: %s\n\n%s", escape(cell.Name()), cell.Run.Seed,
				format.Verdicts(cell.Run.Found), escape(cell.Run.Why), markdown.Block("sh", []string{cell.Run.Replay}))
		}
	}
	if same := c.With(Same); len(same) > 0 {
		fold(&out, format.Plural(len(same), "cell is the same", "cells are the same"), sameCells(same).RenderMarkdown())
	}
	c.foldCosts(&out)
	_, err := w.Write(out.Bytes())
	return err
}

func (c *Comparison) changes() table.Writer {
	t := table.NewWriter()
	t.AppendHeader(table.Row{"change", "cell", "before", "now", "why"})
	for _, cell := range c.Cells {
		if cell.Change == Same {
			continue
		}
		t.AppendRow(append(table.Row{cell.Change.Mark()}, cell.row()...))
	}
	return t
}

func sameCells(cells []Cell) table.Writer {
	t := table.NewWriter()
	t.AppendHeader(table.Row{"cell", "before", "now", "why"})
	for _, c := range cells {
		t.AppendRow(c.row())
	}
	return t
}

func (c Cell) row() table.Row {
	return table.Row{escape(c.Name()), escape(c.Old.words()), escape(c.New.words()), escape(strings.Join(c.remarks(), "; "))}
}

// words say what was seen, on one line.
func (s *Evidence) words() string {
	if s == nil {
		return "-"
	}
	return format.Verdicts(s.Found) + " " + s.Line
}

func (c *Comparison) foldCosts(out io.Writer) {
	t := c.costs()
	if len(t.rows)+len(t.apart) == 0 {
		return
	}
	var body strings.Builder
	if len(t.rows) > 0 {
		fmt.Fprintf(&body, "%s\n\n%s\n", escape(t.caption()), t.writer(escape).RenderMarkdown())
	}
	for i, note := range t.notes {
		fmt.Fprintf(&body, "\n%s %s\n", raised(i+1), escape(note))
	}
	if len(t.apart) > 0 {
		body.WriteString("\nNot comparable:\n\n")
	}
	for _, why := range t.apart {
		fmt.Fprintf(&body, "- %s\n", escape(why))
	}
	fold(out, fmt.Sprintf("Costs: %s; threshold %s", c.CostSummary(), share(c.Threshold)), strings.TrimSpace(body.String()))
}

// fold hides what not everybody wants to read. Its summary is HTML, not Markdown.
func fold(out io.Writer, summary, body string) {
	fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n%s\n\n</details>\n", html.EscapeString(format.Plain(summary)), body)
}

// escape makes untrusted text mean nothing in Markdown. The writer of a table escapes the
// bar, which would end a cell.
func escape(text string) string {
	return inMarkdown.Replace(format.Plain(text))
}

var inMarkdown = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`, "!", `\!`,
)
