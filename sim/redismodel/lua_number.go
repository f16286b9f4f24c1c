package redismodel

import (
	"errors"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

const space = " \t\n\v\f\r"

// parseNumber reads a number as Lua does, which is as C's strtod does: decimal,
// hexadecimal, "inf" and "nan", with space around it.
func parseNumber(text string) (f float64, ok bool) {
	text = strings.Trim(cutString(text), space)
	if strings.Contains(text, "_") {
		return 0, false // Go's digits may have it
	}
	digits := strings.ToLower(strings.TrimLeft(text, "+-"))
	if strings.HasPrefix(digits, "0x") && !strings.Contains(digits, "p") {
		text += "p0"
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange)
}

// parseInBase reads what C's strtoul does, and that alone; too much is the
// largest number.
func parseInBase(text string, base int) (f float64, ok bool) {
	text = strings.ToLower(strings.Trim(cutString(text), space))
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	if base == 16 {
		digits = strings.TrimPrefix(digits, "0x")
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxUint64, true
	}
	if negative {
		n = -n
	}
	return float64(n), err == nil
}

func toNumber(l *lua.LState) int {
	var f float64
	v, base, ok := l.CheckAny(1), 10, false
	if l.Get(2) != lua.LNil {
		base = int(checkNumber(l, 2))
	}
	switch {
	case base == 10:
		f, ok = numberOf(v)
	case base < 2 || base > 36:
		l.ArgError(2, "base out of range")
	default:
		f, ok = parseInBase(checkText(l, 1), base)
	}
	if ok {
		l.Push(lua.LNumber(f))
	} else {
		l.Push(lua.LNil)
	}
	return 1
}

// numberOf is the number that a value is or, as a string, holds.
func numberOf(v lua.LValue) (f float64, ok bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return parseNumber(string(v))
	}
	return 0, false
}

// textOf is the string that a value is or, as a number, is converted to.
func textOf(v lua.LValue) (text string, ok bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return formatNumber(float64(v)), true
	}
	return "", false
}

func checkNumber(l *lua.LState, n int) float64 {
	f, ok := numberOf(l.Get(n))
	if !ok {
		typeError(l, n, lua.LTNumber)
	}
	return f
}

func checkText(l *lua.LState, n int) string {
	text, ok := textOf(l.Get(n))
	if !ok {
		typeError(l, n, lua.LTString)
	}
	return text
}

func typeError(l *lua.LState, n int, want lua.LValueType) {
	got := "no value"
	if n <= l.GetTop() {
		got = l.Get(n).Type().String()
	}
	l.ArgError(n, want.String()+" expected, got "+got)
}

// formatNumber is Lua's tostring: "%.14g".
func formatNumber(f float64) string {
	if text := formatSpecial(f); text != "" {
		return text
	}
	return strconv.FormatFloat(f, 'g', 14, 64)
}

// formatArgument writes a number as Redis does before it calls a command: an
// integer, or the shortest text that reads back the same, with an exponent where
// too many zeros would stand otherwise.
func formatArgument(f float64) string {
	if n := int64(f); float64(n) == f && n != math.MinInt64 && n != math.MaxInt64 {
		return strconv.FormatInt(n, 10)
	}
	if text := formatSpecial(f); text != "" {
		return text
	}
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	digits := len(strings.Trim(strings.Replace(mantissa, ".", "", 1), "-"))
	exponent, _ := strconv.Atoi(power)
	last := exponent - digits + 1 // the power of ten of the last digit
	if (last >= 0 && exponent < digits+7) || (last < 0 && (last > -7 || max(exponent, -exponent) < 4)) {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return mantissa + "e" + power[:1] + strconv.Itoa(max(exponent, -exponent))
}

func formatSpecial(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f) && math.Signbit(f):
		return "-nan"
	case math.IsNaN(f):
		return "nan"
	}
	return ""
}
