package sim

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// String is the request in a form that is short enough to draw.
func (o *Op) String() string {
	if o.Server == MySQL {
		return query(o.packet).String()
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
		name = "SCRIPT " + scriptName(name, string(rest[0]))
		rest = rest[2:]
	case name == "CLIENT" && len(rest) > 0:
		name += " " + strings.ToUpper(string(rest[0]))
		rest = rest[1:]
	}
	for i, a := range rest {
		if i == 6 && len(rest) > 8 {
			return name + fmt.Sprintf(" … %d more", len(rest)-i)
		}
		name += " " + short(string(a))
	}
	return name
}

// scriptName is the beginning of a script's digest.
func scriptName(command, script string) string {
	if command == "EVAL" {
		sum := sha1.Sum([]byte(script))
		script = hex.EncodeToString(sum[:])
	}
	return script[:min(7, len(script))]
}

// short drops what all keys of the job have in common, and of a row everything
// but its id.
func short(text string) string {
	if strings.HasPrefix(text, "{") && strings.Contains(text, `"id":`) {
		return fmt.Sprintf("row:%d", rowID(text))
	}
	text = strings.TrimPrefix(text, "{"+list+"}:")
	if !printable(text) {
		return fmt.Sprintf("0x%x", text[:min(len(text), longestArgument/2)])
	}
	if len(text) > longestArgument {
		return text[:longestArgument-1] + "…"
	}
	return text
}

// plain is a character as it can be drawn.
func plain(r rune) rune {
	if unicode.IsControl(r) {
		return '?'
	}
	return r
}

func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// scriptLabel is the first word of the comment that a script begins with, or
// else its name.
func scriptLabel(body string) string {
	if words := strings.Fields(strings.TrimPrefix(body, "--")); strings.HasPrefix(body, "--") && len(words) > 0 {
		return strings.ToLower(words[0])
	}
	return scriptName("EVAL", body)
}

// namesOf are the names of connections in a CLIENT LIST.
func namesOf(clients string) string {
	var names []string
	for field := range strings.FieldsSeq(clients) {
		if name, ok := strings.CutPrefix(field, "name="); ok && name != "" {
			names = append(names, name)
		}
	}
	if names == nil {
		return "no names"
	}
	return "names " + strings.Join(names, " ")
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
		line = bytes.TrimPrefix(line, []byte("txt:")) // of RESP3, behind a length
		switch line[0] {
		case '*', '=', '>', '%', '~':
		case '_':
			parts = append(parts, "nil")
		case '$':
			if string(line) == "$-1" {
				parts = append(parts, "nil")
			}
		case '-': // why a server refuses is said in full
			parts = append(parts, strings.Map(plain, string(line)))
		case '+', ':':
			parts = append(parts, short(string(line[1:])))
		case 'i':
			if bytes.HasPrefix(line, []byte("id=")) {
				parts = append(parts, namesOf(string(line)))
				continue
			}
			fallthrough
		default:
			parts = append(parts, short(string(line)))
		}
	}
	return strings.Join(parts, ", ")
}
