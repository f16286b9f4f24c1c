package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/reports/reporttest"

	"pgregory.net/rapid"
)

// TestWhatIsWrittenBesideTheBlockStays writes to both streams of a terminal, while a block on one of them is drawn
// again and again.
func TestWhatIsWrittenBesideTheBlockStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var on strings.Builder
		var one Shared
		columns := rapid.IntRange(5, 100).Draw(t, "columns")
		width := func() int { return columns }
		stdout, stderr := one.Stream(&on, width), one.Stream(&on, width)
		c := newClock()
		open := func() *Progress {
			return NewProgress(stderr, 3, 30, ProgressOptions{Mode: ProgressBar, Now: c.now, Width: width})
		}
		p := open()
		var want []string
		line := func() string {
			said := fmt.Sprintf("line %d%s", len(want), strings.Repeat(" and so on", rapid.IntRange(0, 9).Draw(t, "longer")))
			want = append(want, strings.Split(Fold(said, columns), "\n")...)
			return said
		}
		t.Repeat(map[string]func(*rapid.T){
			"start":  func(*rapid.T) { p.Start("a/b", "safe", 30) },
			"run":    func(*rapid.T) { p.RunDone("a/b", reports.Run{Verdict: reports.Safe}) },
			"tick":   func(*rapid.T) { p.Tick() },
			"wait":   func(*rapid.T) { c.advance(150 * time.Millisecond) },
			"say":    func(*rapid.T) { p.Say(line()) },
			"stdout": func(*rapid.T) { fmt.Fprintln(stdout, line()) },
			"stderr": func(*rapid.T) { fmt.Fprintln(stderr, line()) },
			"halves": func(*rapid.T) {
				io.WriteString(stdout, "half a line")
				c.advance(time.Second)
				p.Tick()
				io.WriteString(stdout, " and the rest\n")
				want = append(want, "half a line and the rest")
			},
			"anew": func(*rapid.T) { p = open() },
		})
		p.Close()
		got, err := reporttest.Screen(columns, on.String())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("on the screen %q, want %q, %v", got, want, err)
		}
	})
}

func TestAMessageThatComesInTheMiddleOfALineBeginsOneOfItsOwn(t *testing.T) {
	var on strings.Builder
	var one Shared
	stdout := one.Stream(&on, nil)
	p := NewProgress(one.Stream(&on, nil), 1, 1, ProgressOptions{Mode: ProgressBar, Now: newClock().now})
	io.WriteString(stdout, "half a line")
	p.Say("stopping")
	p.Close()
	if got := on.String(); !strings.HasPrefix(got, "half a line\nstopping\n") {
		t.Errorf("%q", got)
	}
}
