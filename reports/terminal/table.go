// Package terminal shows results and progress as text. It looks at no
// environment and no file descriptor: the caller says how wide the
// terminal is, and whether it has colours. Untrusted text cannot steer it.
//
//	progress := terminal.NewProgress(os.Stderr, cells, runs, options)
//	err := terminal.WriteTable(os.Stdout, results, terminal.Style{Width: 80})
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/format"
	"onceover/reports/palette"
)

// Style is how text is shown on a terminal. The caller decides: this package
// looks at no environment and no file descriptor.
type Style struct {
	Colour bool
	Width  int // columns; 0 is no limit
}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// gap stands after each column of a table.
const gap = "  "

// layout is how a line of a finished cell is shown: how wide its verdicts, its name, what was found and its state are.
type layout struct {
	least int // columns of a terminal that is wide enough
	pads  [4]int
	seed  bool // whether the seed of a bad run has a place; the reasons at the end name it too
	gap   string
	took  int // width of the time
}

// layouts are chosen by the width of the terminal, so that the lines of a campaign are alike.
var layouts = []layout{
	{140, [4]int{len("LOST+DUP+STUCK"), longestName, len("30,000 schedules, not complete"), 25}, true, " ", 6},
	{110, [4]int{len("LOST+DUP+STUCK"), 28, len("2 of 2 bad (34.2-100.0%)"), 24}, false, " ", 6},
	{0, [4]int{}, true, "  ", 0},
}

// longestName is how much of a name a table shows, in columns.
const longestName = 32

func (o Style) paint(colour, s string) string {
	if !o.Colour || s == "" {
		return s
	}
	return colour + s + reset
}

func (o Style) verdicts(found []reports.Verdict) string {
	return strings.Join(reports.Each(found, o.verdict), "+")
}

func (o Style) verdict(v reports.Verdict) string {
	return o.paint(palette.Of(v).Sequence(), format.Verdict(v))
}

// WriteTable writes the end of a run: the table of verdicts, which lock to use, each
// reason of the gate with a run that shows it and the command that repeats that run, the
// worst last, then the gate and the count. It can be called in the middle of a run as well.
func WriteTable(w io.Writer, r *reports.Results, o Style) error {
	var out bytes.Buffer
	worlds := reports.ByWorld(r.Cells)
	for i, cells := range worlds {
		if len(worlds) > 1 {
			fmt.Fprintf(&out, "%s%s\n", strings.Repeat("\n", min(i, 1)), o.paint(bold, format.World(cells[0].World)))
		}
		writeMatrix(&out, cells, r.Cells, o)
	}
	if len(worlds) == 0 {
		writeMatrix(&out, nil, nil, o)
	}
	writeLegend(&out, r.Cells, o)
	writeFaults(&out, r.Cells)
	writeShards(&out, r.Cells)
	if r.Run.Status != reports.Complete || reports.Summarize(r).Absent > 0 {
		fmt.Fprintf(&out, "\n%s %s\n", o.paint(bold+red, format.Partial(r)), format.Plain(format.Interruption(r)))
	}
	if spared := format.Spared(r); spared != "" {
		fmt.Fprintf(&out, "\n%s\n", spared)
	}
	if r.Run.LeftOut != "" {
		fmt.Fprintf(&out, "\n%s %s\n", o.paint(bold+yellow, "LEFT OUT"), format.Plain(r.Run.LeftOut))
	}
	if warning := format.Unchecked(r); warning != "" {
		fmt.Fprintf(&out, "\n%s %s\n", o.paint(bold+yellow, format.NotChecked), warning)
	}
	writeAnswer(&out, r, o)
	// The last lines are those that a terminal shows: what is worst stands there.
	for _, alike := range slices.Backward(reports.Groups(r.Gate.Reasons, func(reason reports.Reason) reports.State { return reason.State })) {
		for _, reason := range alike {
			writeReason(&out, r, reason, o)
		}
	}
	fmt.Fprintf(&out, "\nGate: %s\n", gateLine(r, o))
	if passed := passedThoughBad(r); len(passed) > 0 {
		fmt.Fprintln(&out, strings.Join(folded(passed, o.Width), "\n"))
	}
	fmt.Fprintf(&out, "%s in %s\n", format.Summary(reports.Summarize(r)), format.Duration(format.Milliseconds(r.Run.DurationMS)))
	_, err := w.Write(out.Bytes())
	return err
}

// RunLine is the line of one finished cell, the i-th of n.
func RunLine(i, n int, c reports.Cell, took time.Duration, o Style) (line string) {
	parts := [4]string{o.verdicts(c.Found()), format.Plain(c.ID), format.Line(c), o.state(c)}
	for _, l := range layouts {
		line = fmt.Sprintf("[%*d/%d]", len(fmt.Sprint(n)), i, n)
		column := len(line)
		for k, pad := range l.pads { // what is too long takes the room of what follows, as far as that has any
			column += len(l.gap) + pad
			line = text.Pad(line+l.gap+parts[k], column, ' ')
		}
		line += fmt.Sprintf("%s%*s", l.gap, l.took, format.Duration(took))
		if example, ok := c.Example(); ok && l.seed {
			line += fmt.Sprintf("  seed %d", example.Seed)
		}
		if o.Width == 0 || o.Width >= l.least && text.StringWidthWithoutEscSequences(line) <= o.Width {
			break
		}
	}
	return line
}

// state is a state beside what was expected.
func (o Style) state(c reports.Cell) string {
	if c.State.Holds() {
		return format.State(c.State)
	}
	return o.paint(bold+red, format.Plain(format.Mark(c.State)+", expected "+c.Expected))
}

// writeMatrix writes as many tables below each other as the width demands:
// a cut or wrapped verdict would be worse than a second table. The rows stand in the
// order of all cells, in whatever world.
func writeMatrix(w io.Writer, cells, all []reports.Cell, o Style) {
	g := reports.NewGrid(cells, all)
	columns := [][]string{{"strategy"}}
	for _, row := range g.Rows {
		columns[0] = append(columns[0], name(row.Strategy))
	}
	for i, scenario := range g.Scenarios {
		column := []string{name(scenario)}
		for _, row := range g.Rows {
			column = append(column, o.cell(cells, row.Cells[i]))
		}
		columns = append(columns, column)
	}
	for first := 1; first < len(columns); {
		last := first + fitting(columns[0], columns[first:], o.Width)
		if first > 1 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, render(columns[0], columns[first:last]))
		first = last
	}
}

func name(s string) string { return text.Snip(format.Plain(s), longestName, "~") }

func (o Style) cell(cells []reports.Cell, i int) string {
	if i < 0 {
		return "-"
	}
	c := cells[i]
	s := o.verdicts(c.Found()) + " " + format.Short(c)
	if mark := format.Mark(c.State); mark != "" {
		s += " " + o.paint(bold+red, mark)
	}
	return s
}

// fitting counts the columns that fit beside the first one, at least one.
func fitting(head []string, columns [][]string, width int) int {
	used := widest(head) + len(gap)
	for i, column := range columns {
		used += widest(column) + len(gap)
		if width > 0 && used > width && i > 0 {
			return i
		}
	}
	return len(columns)
}

func widest(column []string) int {
	width := 0
	for _, s := range column {
		width = max(width, text.StringWidthWithoutEscSequences(s))
	}
	return width
}

func render(head []string, columns [][]string) string {
	t := table.NewWriter()
	t.SetStyle(table.Style{
		Box:     table.BoxStyle{PaddingRight: gap, MiddleHorizontal: "-"},
		Options: table.Options{SeparateHeader: true},
	})
	t.SuppressTrailingSpaces()
	for i := range head {
		row := table.Row{head[i]}
		for _, column := range columns {
			row = append(row, column[i])
		}
		if i == 0 {
			t.AppendHeader(row)
		} else {
			t.AppendRow(row)
		}
	}
	return t.Render()
}

// writeAnswer says which lock to use, what the table is read for, and how the published one fails.
func writeAnswer(w io.Writer, r *reports.Results, o Style) {
	a := answer.Of(r)
	for i, sentence := range []string{a.String(), a.OfPublished(), a.How(r).String()} {
		if sentence = format.Plain(sentence); sentence == "" {
			continue
		}
		if o.Width > 0 {
			sentence = strings.Join(reports.Each(strings.Split(text.WrapSoft(sentence, o.Width), "\n"), strings.TrimSpace), "\n")
		}
		if i == 0 {
			sentence = "\n" + o.paint(bold, sentence)
		}
		fmt.Fprintln(w, sentence)
	}
}

func gateLine(r *reports.Results, o Style) string {
	n := reports.Summarize(r)
	switch n.Answer(r.Gate.Status) {
	case reports.Pass:
		return o.paint(bold+green, "PASS")
	case reports.Fail:
		return o.paint(bold+red, "FAIL") + " - " + format.Problems(n)
	}
	return o.paint(bold+yellow, "INCONCLUSIVE") + " - " + format.Problems(n)
}

// passedThoughBad explains why there are bad cells beside a gate that passed.
func passedThoughBad(r *reports.Results) (parts []string) {
	if reports.Summarize(r).Answer(r.Gate.Status) != reports.Pass {
		return nil
	}
	bad := map[reports.State]int{}
	for _, c := range r.Cells {
		if c.Found()[0].Bad() {
			bad[c.State]++
		}
	}
	if n := bad[reports.AsExpected]; n > 0 {
		parts = append(parts, format.Plural(n, "bad cell has to be bad, and shows", "bad cells have to be bad, and show")+" that the harness sees it")
	}
	if n := bad[reports.ReportOnly]; n > 0 {
		parts = append(parts, format.Plural(n, "bad cell is report only: nothing is demanded of it", "bad cells are report only: nothing is demanded of them"))
	}
	return parts
}

func writeReason(w io.Writer, r *reports.Results, reason reports.Reason, o Style) {
	mark := o.paint(bold+red, format.Mark(reason.State))
	if reason.State == reports.Better {
		mark = o.paint(yellow, "better")
	}
	where := reason.Cell
	if r.NamesWorld(reason.World) {
		where = reason.World + " " + where
	}
	fmt.Fprintf(w, "\n  %s %s: %s\n", mark, format.Plain(where), format.Plain(reason.Text))
	c, _ := r.Of(reason)
	run, ok := c.Example()
	if !ok {
		return
	}
	fmt.Fprintf(w, "    %s: %s\n", o.verdicts(run.Found()), format.Plain(run.Why))
	if run.Replay != "" {
		fmt.Fprintf(w, "    replay: %s\n", format.Plain(run.Replay))
	}
}
