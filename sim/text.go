package sim

import (
	"bytes"
	"fmt"
	"strings"
)

// String is the request in a form that is short enough to draw.
func (o *Op) String() string {
	if o.Server == MySQL {
		return o.query.String()
	}
	var parts []string
	for _, args := range o.commands {
		if !isTransaction(args) || !o.whole() {
			parts = append(parts, commandText(args))
		}
	}
	text := strings.Join(parts, "; ")
	if o.whole() {
		return "MULTI{" + text + "}"
	}
	return text
}

// longestArgument is shown in full.
const longestArgument = 24

func commandText(args [][]byte) string {
	name := strings.ToUpper(string(args[0]))
	rest := args[1:]
	switch {
	case (name == "EVALSHA" || name == "EVAL") && len(rest) > 1:
		name += " " + string(rest[0][:min(7, len(rest[0]))])
		rest = rest[2:]
	case name == "CLIENT" && len(rest) > 0:
		name += " " + strings.ToUpper(string(rest[0]))
		rest = rest[1:]
	}
	for i, a := range rest {
		if i == 6 && len(rest) > 8 {
			name += fmt.Sprintf(" … %d more", len(rest)-i)
			break
		}
		name += " " + short(string(a))
	}
	return name
}

// short drops what all keys of the job have in common.
func short(text string) string {
	text = strings.TrimPrefix(text, "{"+list+"}:")
	if len(text) > longestArgument {
		text = text[:longestArgument-1] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '.'
		}
		return r
	}, text)
}

// replyText is a reply on one line.
func replyText(o *Op, reply []byte) string {
	if o.Server == MySQL {
		return fmt.Sprintf("%d bytes", len(reply))
	}
	var parts []string
	for line := range bytes.SplitSeq(reply, []byte("\r\n")) {
		if len(line) == 0 || o.whole() && (string(line) == "+OK" || string(line) == "+QUEUED") && len(parts) == 0 {
			continue
		}
		switch line[0] {
		case '*':
		case '$':
			if string(line) == "$-1" {
				parts = append(parts, "nil")
			}
		case '+', ':':
			parts = append(parts, short(string(line[1:])))
		default:
			parts = append(parts, short(string(line)))
		}
	}
	return strings.Join(parts, ", ")
}
