package redismodel

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
)

// parseFloat reads a number as C's strtod does, whole and without space.
func parseFloat(b []byte) (f float64, ok bool) {
	text := string(b)
	if text == "" || strings.ContainsAny(text, space+"_\x00") {
		return 0, false
	}
	f, ok = parseNumber(text)
	return f, ok && !math.IsNaN(f)
}

// parseScore is parseFloat for the score of a member, which must not be too
// large or too small to be written down.
func parseScore(b []byte) (f float64, ok bool) {
	f, ok = parseFloat(b)
	_, err := strconv.ParseFloat(string(b), 64)
	return f, ok && !errors.Is(err, strconv.ErrRange) && (f != 0 || !vanishes(string(b)))
}

// vanishes tells of what reads as zero whether it has other digits.
func vanishes(text string) bool {
	digits := strings.ToLower(text)
	if !strings.HasPrefix(strings.TrimLeft(digits, "+-"), "0x") {
		digits, _, _ = strings.Cut(digits, "e")
	}
	return strings.ContainsAny(digits, "123456789abcdf")
}

// scoreRange is what ZRANGEBYSCORE and its like ask for.
type scoreRange struct {
	low, high         float64
	aboveLow, belowHi bool // the bound itself is left out
}

func parseScoreRange(low, high []byte) (r scoreRange, ok bool) {
	var lowOK, highOK bool
	r.low, r.aboveLow, lowOK = parseBound(low)
	r.high, r.belowHi, highOK = parseBound(high)
	return r, lowOK && highOK
}

func parseBound(b []byte) (f float64, exclusive, ok bool) {
	b, exclusive = bytes.CutPrefix(b, []byte("("))
	text := cutString(string(b)) // the end of a string in C
	if text == "" {
		return 0, exclusive, true
	}
	f, ok = parseFloat([]byte(text))
	return f, exclusive, ok && !strings.ContainsAny(text, "xX") // hexadecimal
}

func (r scoreRange) has(f float64) bool {
	return (f > r.low || f == r.low && !r.aboveLow) && (f < r.high || f == r.high && !r.belowHi)
}

// ranks are those of the members in the range; from == to if there are none.
func (r scoreRange) ranks(z *sortedSet) (from, to int) {
	for i, m := range z.members {
		if !r.has(m.score) {
			continue
		}
		if to == 0 {
			from = i
		}
		to = i + 1
	}
	return from, to
}

// formatScore writes a number as Redis does: an integer as such, and else as its
// fpconv does, with the shortest digits that read back and an exponent only far
// from 1.
func formatScore(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == 0 && math.Signbit(f):
		return "-0"
	case f == math.Trunc(f) && math.Abs(f) <= math.MaxInt64/2:
		return strconv.FormatInt(int64(f), 10)
	case f < 0:
		return "-" + formatScore(-f)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	e, _ := strconv.Atoi(exponent)
	k := e - len(digits) + 1 // f is digits times 10 to the power of k
	size := max(e, -e)
	switch {
	case k >= 0 && size < len(digits)+7:
		return digits + strings.Repeat("0", k)
	case k < 0 && (k > -7 || size < 4):
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	sign := "+"
	if e < 0 {
		sign = "-"
	}
	return mantissa + "e" + sign + strconv.Itoa(size)
}
