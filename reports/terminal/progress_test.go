package terminal

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/reporttest"

	"github.com/jedib0t/go-pretty/v6/text"
)

// clock is a clock that moves only when it is told to.
type clock struct{ at time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)} }
func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

// visible makes control sequences readable, so that goldens can be read.
func visible(s string) string { return strings.NewReplacer("\x1b", "ESC", "\r", "CR").Replace(s) }

func watch(p *Progress, c *clock) {
	step := func(d time.Duration) { c.advance(d); p.Tick() }
	cells := reporttest.Sample().Cells
	p.Start("set-nx/pause", "safe", 60)
	p.Start("none/kill", "unsafe", 60)
	step(100 * time.Millisecond)
	step(100 * time.Millisecond)
	p.RunDone("none/kill", cells[1].Runs[0])
	step(20 * time.Second)
	p.RunDone("set-nx/pause", cells[5].Runs[0])
	p.RunDone("set-nx/pause", cells[5].Runs[1])
	p.Say("SLOW set-nx/pause run 17 > 30s (limit 60s)")
	step(29 * time.Second)
	step(time.Second)
	p.Finish(cells[5])
	step(31 * time.Second)
	p.Close()
	p.Tick()
	p.Say("after the end")
}

func TestProgress(t *testing.T) {
	for _, mode := range []ProgressMode{ProgressBar, ProgressLines} {
		var b strings.Builder
		c := newClock()
		watch(NewProgress(&b, 24, 1440, ProgressOptions{Mode: mode, Now: c.now, Width: func() int { return 120 }}), c)
		reporttest.Golden(t, "progress-"+string(mode)+".txt", visible(b.String()))
	}
}

func TestNoProgressWritesNothingAndNeedsNoClock(t *testing.T) {
	var b strings.Builder
	watch(NewProgress(&b, 24, 1440, ProgressOptions{}), newClock())
	load(NewRowProgress(&b, "rows", 10, ProgressOptions{Mode: ProgressNone}), newClock())
	if b.Len() > 0 {
		t.Errorf("wrote %q", b.String())
	}
}

func TestLinesHaveNoControlCharacters(t *testing.T) {
	var b strings.Builder
	c := newClock()
	watch(NewProgress(&b, 24, 1440, ProgressOptions{Mode: ProgressLines, Now: c.now}), c)
	load(NewRowProgress(&b, "rows", 10, ProgressOptions{Mode: ProgressLines, Now: c.now}), c)
	if strings.ContainsAny(b.String(), "\x1b\r\b") {
		t.Errorf("%q", b.String())
	}
}

// screenAfter are the lines on a terminal after something was written to it.
func screenAfter(t *testing.T, columns int, written string) []string {
	t.Helper()
	lines, err := reporttest.Screen(columns, written)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestTheBlockIsReplacedAndMessagesStay(t *testing.T) {
	var b strings.Builder
	c := newClock()
	watch(NewProgress(&b, 24, 1440, ProgressOptions{Mode: ProgressBar, Now: c.now}), c)
	var got strings.Builder
	for _, line := range screenAfter(t, 80, b.String()) {
		fmt.Fprintln(&got, line)
	}
	reporttest.Golden(t, "progress-screen.txt", got.String())
}

func TestTheBlockIsRedrawnAtMostFiveTimesASecond(t *testing.T) {
	var b strings.Builder
	c := newClock()
	p := NewProgress(&b, 1, 1000, ProgressOptions{Mode: ProgressBar, Now: c.now})
	p.Start("a/b", "safe", 1000)
	b.Reset()
	for range 1000 {
		c.advance(time.Millisecond)
		p.RunDone("a/b", reports.Run{Verdict: reports.Safe})
	}
	if got := strings.Count(b.String(), "cells"); got != 5 {
		t.Errorf("%d redraws in a second", got)
	}
}

func TestTheBlockIsNeverWiderThanTheTerminal(t *testing.T) {
	var b strings.Builder
	c := newClock()
	width := 100
	p := NewProgress(&b, 24, 1440, ProgressOptions{Mode: ProgressBar, Now: c.now, Width: func() int { return width }})
	for i := range 9 {
		p.Start(fmt.Sprintf("%d%s/kill", i, strings.Repeat("long", 50)), "safe", 60)
	}
	for _, width = range []int{100, 40, 10, 0} {
		b.Reset()
		c.advance(time.Second)
		p.Tick()
		lines := screenAfter(t, 1000, b.String()[strings.Index(b.String(), "J")+1:])
		if len(lines) != 1+mostRunning+1 {
			t.Errorf("%d lines", len(lines))
		}
		for _, line := range lines {
			if got := text.StringWidthWithoutEscSequences(line); got > max(width-1, 1) {
				t.Errorf("width %d: %d columns: %q", width, got, line)
			}
		}
	}
}

func load(p *RowProgress, c *clock) {
	for _, done := range []int64{200_000, 200_000, 450_000, 999_999, 1_000_000} {
		p.Set(done)
		c.advance(10 * time.Second)
		p.Tick()
	}
	p.Say("worker 2: connection lost, starting anew")
	c.advance(31 * time.Second)
	p.Tick()
	p.Close()
}

func TestRowProgress(t *testing.T) {
	for _, mode := range []ProgressMode{ProgressBar, ProgressLines} {
		var b strings.Builder
		c := newClock()
		load(NewRowProgress(&b, "rows", 1_000_000, ProgressOptions{Mode: mode, Now: c.now}), c)
		reporttest.Golden(t, "rows-"+string(mode)+".txt", visible(b.String()))
	}
}

func TestRowsOfAnUnknownTotal(t *testing.T) {
	var b strings.Builder
	c := newClock()
	p := NewRowProgress(&b, "rows", 0, ProgressOptions{Mode: ProgressLines, Now: c.now})
	p.Set(0)
	c.advance(2 * time.Second)
	p.Set(5000)
	p.Close()
	if got, want := b.String(), "rows 5,000, 2,500 rows/s\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234: "-1,234", -123: "-123", 1234567: "1,234,567"} {
		if got := format.Thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestProgressFromManyGoroutines(t *testing.T) {
	var b strings.Builder
	c := newClock()
	p := NewProgress(&b, 8, 80, ProgressOptions{Mode: ProgressBar, Now: c.now})
	ctx, stop := context.WithCancel(context.Background())
	ticks := make(chan time.Time)
	var driver, workers sync.WaitGroup
	driver.Go(func() { Drive(ctx, ticks, p.Tick) })
	for i := range 8 {
		workers.Go(func() {
			cell := reporttest.FullCell(fmt.Sprint(i), "kill", "safe", reports.AsExpected, 10)
			p.Start(cell.ID, "safe", 10)
			for _, r := range cell.Runs {
				p.RunDone(cell.ID, r)
				ticks <- time.Time{}
			}
			p.Finish(cell)
		})
	}
	workers.Wait()
	stop()
	driver.Wait()
	p.Close()
	if got := len(screenAfter(t, 80, b.String())); got != 8 {
		t.Errorf("%d lines stay on the screen, want one per cell:\n%s", got, b.String())
	}
}
