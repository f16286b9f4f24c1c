// Package markdown writes results for where GitHub shows them: summary.md, which
// is also the summary of a job, and annotations of a check.
//
// Untrusted text stays text. GitHub would act on links, mentions, references, formulas and
// HTML, so these are shown as code; the rest is escaped. GitHub drops a
// summary of more than 1 MiB altogether, so whole sections are left out before it comes
// to that, and the summary names them.
package markdown

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/format"
	"onceover/reports/recheck"
)

// Most is how many bytes GitHub takes of a summary.
const Most = 1 << 20

const (
	mostReasons  = 20
	mostCommands = 20
)

// Options are what a summary shows beside the results.
type Options struct {
	Room  int      // bytes that there are for it; 0: Most
	Notes []string // sentences of one's own about other files, below everything
}

// section is what a summary has or lacks as a whole.
type section struct {
	name string
	text string
}

// Write writes the summary: the answer, the matrix, the reasons, the first
// counterexample, and the commands that do it again. It stays below the room that
// there is, and says what it left out. It shows only what the evidence supports.
func Write(w io.Writer, r *reports.Results, o Options) error {
	r = recheck.Supported(r)
	room := o.Room
	if room == 0 {
		room = Most
	}
	head := headline(r)
	var b strings.Builder
	b.WriteString(head)
	all := append(matrices(r), reasons(r), counterexample(r), commands(r), notes(o.Notes))
	left := leftOut(reports.Each(all, func(s section) string { return s.name })) // at its longest
	if len(head)+len(left) >= room {
		return fmt.Errorf("a summary needs %d bytes, and there is room for %d", len(head)+len(left), room)
	}
	var without []string
	for _, s := range all {
		if b.Len()+len(s.text)+len(left) < room {
			b.WriteString(s.text)
		} else {
			without = append(without, s.name)
		}
	}
	if without != nil {
		b.WriteString(leftOut(without))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func leftOut(names []string) string {
	return "\n**Left out for want of room:** " + strings.Join(names, ", ") + ". The page and results.json have it all.\n"
}

// Answers are how a gate is said.
var answers = map[reports.GateStatus]string{reports.Pass: "PASS", reports.Fail: "FAIL", reports.Unknown: "INCONCLUSIVE"}

func headline(r *reports.Results) string {
	n := reports.Summarize(r)
	gate := "Gate: " + answers[r.Gate.Status]
	if r.Gate.Status != reports.Pass {
		gate += ", " + format.Problems(n)
	}
	var b strings.Builder
	which := answer.Of(r)
	fmt.Fprintf(&b, "# Onceover: %s.\n", prose(which.Title()))
	for _, sentence := range []string{which.Rest(), which.OfPublished(), which.How(r).String()} {
		if sentence != "" {
			fmt.Fprintf(&b, "\n%s\n", prose(sentence))
		}
	}
	fmt.Fprintf(&b, "\n## %s\n", gate)
	fmt.Fprintf(&b, "\n%s: %s, in %s.\n", format.Plural(n.Cells, "cell", "cells"), format.Summary(n), format.Duration(format.Milliseconds(r.Run.DurationMS)))
	if n.Partial() {
		fmt.Fprintf(&b, "\n**%s**: %s.\n", format.Partial(r), prose(format.Interruption(r)))
	}
	if spared := format.Spared(r); spared != "" {
		fmt.Fprintf(&b, "\n%s.\n", spared)
	}
	if r.Run.LeftOut != "" {
		fmt.Fprintf(&b, "\n**LEFT OUT**: %s.\n", prose(r.Run.LeftOut))
	}
	if warning := format.Unchecked(r); warning != "" {
		fmt.Fprintf(&b, "\n**%s**: %s.\n", format.NotChecked, prose(warning))
	}
	facts := []string{format.Seeds(r)}
	for _, f := range [][2]string{{"world", r.Run.World}, {"MySQL", r.Environment.MySQL}, {"Redis", r.Environment.Redis}, {"worker", r.Config.WorkerCommand()}, {"version", r.Tool.Version}, {"commit", r.Tool.Commit}} {
		if f[1] != "" {
			facts = append(facts, f[0]+" "+code(f[1]))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(facts, ", "))
	return b.String()
}

func reasons(r *reports.Results) section {
	var b strings.Builder
	for i, reason := range r.Gate.Reasons {
		if i == mostReasons {
			fmt.Fprintf(&b, "- and %d more\n", len(r.Gate.Reasons)-i)
			break
		}
		fmt.Fprintf(&b, "- **%s** %s: %s\n", format.State(reason.State), cellName(r, reason), prose(reason.Text))
		c, _ := r.Of(reason)
		if run, ok := c.Example(); ok {
			fmt.Fprintf(&b, "  <br>%s, seed %s: %s\n", format.Verdicts(run.Found()), span(fmt.Sprint(run.Seed)), prose(run.Why))
		}
	}
	return titled("Reasons", b.String())
}

// cellName names the world of a cell where there are two.
func cellName(r *reports.Results, reason reports.Reason) string {
	name := code(reason.Cell)
	if r.NamesWorld(reason.World) {
		name += " (" + code(reason.World) + ")"
	}
	return name
}

// commands are those that do again what failed, and last what does all again.
func commands(r *reports.Results) section {
	var lines []string
	add := func(line string) {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	left := 0
	for _, reason := range r.Gate.Reasons {
		c, _ := r.Of(reason)
		run, ok := c.Example()
		switch {
		case !ok || run.Replay == "":
		case len(lines) == mostCommands:
			left++
		default:
			add(run.Replay)
		}
	}
	if left > 0 {
		add(fmt.Sprintf("# and %d more", left))
	}
	if r.Run.Replay != "" {
		add(r.Run.Replay)
	}
	if lines == nil {
		return section{name: "Replay"}
	}
	return titled("Replay", Block("sh", lines))
}

func notes(all []string) section {
	var b strings.Builder
	for _, n := range all {
		fmt.Fprintf(&b, "\n%s\n", prose(n))
	}
	return section{"Notes", b.String()}
}

// titled puts a heading above a text that is not empty.
func titled(name, text string) section {
	if text == "" {
		return section{name: name}
	}
	return section{name, "\n## " + name + "\n\n" + text}
}

// matrices are the tables of verdicts, one for each world.
func matrices(r *reports.Results) []section {
	var all []section
	for _, cells := range reports.ByWorld(r.Cells) {
		all = append(all, titled(worldTitle(cells[0].World), matrix(cells, r.Cells)))
	}
	return all
}

func worldTitle(world string) string {
	if world == reports.WorldLive || world == reports.WorldSim {
		return "Matrix: " + format.World(world)
	}
	return "Matrix"
}

// matrix is the table of one world, with its rows in the order of all cells.
func matrix(cells, all []reports.Cell) string {
	g := reports.NewGrid(cells, all)
	var b strings.Builder
	b.WriteString("| strategy |")
	for _, s := range g.Scenarios {
		b.WriteString(" " + code(s) + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", 1+len(g.Scenarios)) + "\n")
	for _, row := range g.Rows {
		name := code(row.Strategy)
		if row.Control {
			name += " (control)"
		}
		b.WriteString("| " + name + " |")
		for _, at := range row.Cells {
			word := "-"
			if at >= 0 {
				word = cellWords(cells[at])
			}
			b.WriteString(" " + word + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cellWords are the verdicts of a cell, what they rest on, and its state.
func cellWords(c reports.Cell) string {
	found := c.Found()
	verdicts := format.Verdicts(found)
	if found[0] != reports.Safe {
		verdicts = "**" + verdicts + "**"
	}
	mark := format.State(c.State)
	if !c.State.Holds() {
		mark = "**" + mark + "**"
	}
	return fmt.Sprintf("%s %s, %s", verdicts, format.Short(c), mark)
}
