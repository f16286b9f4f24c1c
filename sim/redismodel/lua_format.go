package redismodel

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// A directive is one %... of string.format: what stands between % and the verb.
type directive struct {
	flags            string
	width, precision int // precision -1: none
	verb             byte
}

// stringFormat is Lua's, which is C's sprintf.
func stringFormat(l *lua.LState) int {
	var b strings.Builder
	text, n := checkText(l, 1), 1
	for text != "" {
		before, rest, found := strings.Cut(text, "%")
		b.WriteString(before)
		if text = rest; !found {
			break
		}
		if strings.HasPrefix(rest, "%") {
			b.WriteByte('%')
			text = rest[1:]
			continue
		}
		if n++; n > l.GetTop() {
			l.ArgError(n, "no value")
		}
		var d directive
		d, text = parseDirective(l, rest)
		b.WriteString(d.format(l, n))
	}
	l.Push(lua.LString(b.String()))
	return 1
}

func parseDirective(l *lua.LState, text string) (d directive, rest string) {
	rest = strings.TrimLeft(text, "-+ #0")
	d.flags = text[:len(text)-len(rest)]
	if len(d.flags) > 5 {
		l.RaiseError("invalid format (repeated flags)")
	}
	d.width, rest = twoDigits(rest)
	d.precision = -1
	if after, ok := strings.CutPrefix(rest, "."); ok {
		d.precision, rest = twoDigits(after)
	}
	if rest != "" && '0' <= rest[0] && rest[0] <= '9' {
		l.RaiseError("invalid format (width or precision too long)")
	}
	if rest == "" {
		return d, ""
	}
	d.verb = rest[0]
	return d, rest[1:]
}

func twoDigits(text string) (n int, rest string) {
	for i := 0; i < 2 && text != "" && '0' <= text[0] && text[0] <= '9'; i++ {
		n, text = n*10+int(text[0]-'0'), text[1:]
	}
	return n, text
}

// format writes argument n.
func (d directive) format(l *lua.LState, n int) string {
	switch d.verb {
	case 'c':
		return cutString(d.pad(string([]byte{byte(truncate(checkNumber(l, n)))})))
	case 'd', 'i':
		return d.integer(truncate(checkNumber(l, n)))
	case 'o', 'u', 'x', 'X':
		return d.unsigned(checkNumber(l, n))
	case 'e', 'E', 'f', 'g', 'G':
		return d.float(checkNumber(l, n))
	case 'q':
		return quote(checkText(l, n))
	case 's':
		return d.text(checkText(l, n))
	}
	verb := ""
	if d.verb != 0 {
		verb = string(d.verb)
	}
	l.RaiseError("invalid option '%%%s' to 'format'", verb)
	return ""
}

// pad fills with blanks to the width; bytes count.
func (d directive) pad(text string) string {
	blanks := strings.Repeat(" ", max(d.width-len(text), 0))
	if strings.Contains(d.flags, "-") {
		return text + blanks
	}
	return blanks + text
}

// text writes a string to its first NUL. Lua does not format a long one.
func (d directive) text(text string) string {
	if d.precision < 0 && len(text) >= 100 {
		return text
	}
	text = cutString(text)
	if d.precision >= 0 {
		text = text[:min(d.precision, len(text))]
	}
	return d.pad(text)
}

func (d directive) integer(n int64) string {
	digits := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
	return d.number(sign(n < 0, d.flags), digits)
}

func sign(negative bool, flags string) string {
	switch {
	case negative:
		return "-"
	case strings.Contains(flags, "+"):
		return "+"
	case strings.Contains(flags, " "):
		return " "
	}
	return ""
}

func (d directive) unsigned(f float64) string {
	n := uint64(truncate(f))
	if f >= 1<<63 {
		n = uint64(truncate(f-1<<63)) ^ 1<<63
	}
	prefix, digits := "", strconv.FormatUint(n, 10)
	alternate := strings.Contains(d.flags, "#") && n != 0
	switch d.verb {
	case 'o':
		if digits = strconv.FormatUint(n, 8); alternate {
			digits = "0" + digits
		}
	case 'x', 'X':
		if digits = strconv.FormatUint(n, 16); alternate {
			prefix = "0x"
		}
	}
	if d.verb == 'X' {
		prefix, digits = strings.ToUpper(prefix), strings.ToUpper(digits)
	}
	return d.number(prefix, digits)
}

// number writes an integer with at least as many digits as the precision says.
func (d directive) number(prefix, digits string) string {
	switch {
	case d.precision == 0 && digits == "0":
		digits = ""
	case d.precision >= 0:
		digits = strings.Repeat("0", max(d.precision-len(digits), 0)) + digits
	case d.zeros():
		digits = strings.Repeat("0", max(d.width-len(prefix)-len(digits), 0)) + digits
	}
	return d.pad(prefix + digits)
}

func (d directive) zeros() bool {
	return strings.Contains(d.flags, "0") && !strings.Contains(d.flags, "-")
}

func (d directive) float(f float64) string {
	if text := strings.TrimPrefix(formatSpecial(f), "-"); text != "" {
		if d.verb < 'a' {
			text = strings.ToUpper(text)
		}
		return d.pad(sign(math.Signbit(f), d.flags) + text)
	}
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	alternate := ""
	if strings.Contains(d.flags, "#") {
		alternate = "#"
	}
	digits := fmt.Sprintf("%"+alternate+"."+strconv.Itoa(precision)+string(d.verb), math.Abs(f))
	prefix := sign(math.Signbit(f), d.flags)
	if d.zeros() {
		digits = strings.Repeat("0", max(d.width-len(prefix)-len(digits), 0)) + digits
	}
	return d.pad(prefix + digits)
}

// quote writes a string so that Lua can read it.
func quote(text string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", "\\\n", "\r", `\r`, "\x00", `\000`).Replace(text) + `"`
}
