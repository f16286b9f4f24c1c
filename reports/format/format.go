// Package format puts results, numbers, durations and untrusted text into words, the same in
// every form of a report. Text from Plain is safe for a terminal.
package format

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Percent says a share.
func Percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// Ceil rounds a bound up to a tenth of a percent: rounded to nearest, it could
// promise more than was proven.
func Ceil(share float64) float64 {
	const noise = 1e-9 // of floating point, so that 95 % does not become 95.1 %
	return math.Ceil(1000*share-noise) / 1000
}

// Duration says a time as a reader wants it: 850ms, 12.4s, 3m04s, 1h02m.
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 59950*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return Minutes(d)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// Minutes says a time in whole seconds: 12s, 3m04s.
func Minutes(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return Duration(d)
}

// Milliseconds is a number of them as a duration.
func Milliseconds(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// Plain makes untrusted text safe for a terminal and for the log of a CI system: one
// line, and nothing in it that moves the cursor, sets colours, turns the writing
// direction or gives an order.
func Plain(text string) string {
	return WithoutOrders(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return '?'
		}
		return r
	}, text))
}

// Orders are what CI systems carry out when they read it in a log: GitHub's runner takes
// a line that begins with ::, whatever white space stands before it; ##[, ##vso[ and
// ##teamcity[ are looked for anywhere in a line.
var (
	lineOrder = regexp.MustCompile(`((?:^|[\n\r])[\s\p{Z}\x{85}]*:):`)
	anyOrder  = regexp.MustCompile(`#(#[A-Za-z]*\[)`)
)

// WithoutOrders takes from lines of a log, with a space, what a CI system would take for
// a command.
func WithoutOrders(text string) string {
	if strings.Contains(text, "::") {
		text = lineOrder.ReplaceAllString(text, "$1 :")
	}
	if strings.Contains(text, "##") {
		text = anyOrder.ReplaceAllString(text, "# $1")
	}
	return text
}

// Plural says a number of things.
func Plural[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Thousands writes 1234567 as 1,234,567.
func Thousands[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Worker names a worker with a ' for each life after the first.
func Worker(worker, life int) string {
	const most = 3
	if life > most {
		return fmt.Sprintf("w%d'%d", worker, life)
	}
	return fmt.Sprintf("w%d%s", worker, strings.Repeat("'", max(0, life)))
}
