package svg

import (
	"cmp"
	"strings"
	"unicode"

	"onceover/reports/format"
)

// Sizes of text, in pixels.
const (
	textSize = 13
	Small    = 12
)

// Anchor is the part of a text that stands at its x: the start, unless it is said.
type Anchor string

const (
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Style is how a text is written.
type Style struct {
	Size   float64 // 0: the usual one
	Anchor Anchor
	Bold   bool
	Room   float64 // it is cut to this width; 0: as wide as it is
}

// Text writes a line of text whose middle is at y. Where there is no room for all
// of it, it ends in an ellipsis, and the whole is its title. Each text gets an element
// of its own, because it may run from right to left and would take its neighbours
// with it.
func (d *Drawing) Text(x, y float64, s string, l Style) {
	s = Clean(s)
	l.Size = cmp.Or(l.Size, textSize)
	shown := s
	if l.Room > 0 {
		shown = snip(s, l)
	}
	if strings.TrimSpace(shown) == "" {
		return
	}
	attributes := []string{"x", Number(x), "y", Number(y + 0.35*l.Size)}
	if l.Anchor != "" {
		attributes = append(attributes, "text-anchor", string(l.Anchor))
	}
	if l.Size != textSize {
		attributes = append(attributes, "font-size", Number(l.Size))
	}
	if l.Bold {
		attributes = append(attributes, "font-weight", "bold")
	}
	element(&d.body, "text", attributes...)
	d.body.WriteString(">")
	if shown != s {
		d.body.WriteString("<title>" + escape(s) + "</title>")
	}
	d.body.WriteString(escape(shown) + "</text>\n")
}

// snip cuts a text to its room, with an ellipsis at its end if it is cut.
func snip(s string, l Style) string {
	if Width(s, l) <= l.Room {
		return s
	}
	room := l.Room - Width("…", l)
	end, wide := 0, 0.0
	for at, r := range s {
		if runeWidth(r) > 0 {
			end = at // a letter is not parted from its accents
		}
		wide += Width(string(r), l)
		if wide > room+1e-9 { // the noise of adding up
			break
		}
	}
	return strings.TrimRight(s[:end], " ") + "…"
}

// Wrap breaks a text between words into lines that have room. The last of the most
// lines holds all the rest.
func Wrap(s string, l Style, most int) (lines []string) {
	words := strings.Split(s, " ")
	line := words[0]
	for i, word := range words[1:] {
		longer := line + " " + word
		switch {
		case len(lines) == most-1:
			return append(lines, strings.Join(append([]string{line}, words[i+1:]...), " "))
		case Width(longer, l) > l.Room:
			lines, line = append(lines, line), word
		default:
			line = longer
		}
	}
	return append(lines, line)
}

// Width estimates how wide a text is. It is made for the widest of the common
// sans-serif fonts, DejaVu Sans: in others there is some air.
func Width(s string, l Style) float64 {
	em := 0.0
	for _, r := range s {
		em += runeWidth(r)
	}
	if l.Bold {
		em *= 1.15
	}
	return em * cmp.Or(l.Size, textSize)
}

// runeWidth estimates the advance of a character in em.
func runeWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case strings.ContainsRune("ijlI|'`.,:; ", r):
		return 0.34
	case strings.ContainsRune("frt!()[]-/\\\"", r):
		return 0.46
	case strings.ContainsRune("mWM@%—…", r):
		return 1.01
	case r >= 'a' && r <= 'z' && r != 'w', r >= '0' && r <= '9':
		return 0.64
	case r < 0x0250:
		return 0.85 // capitals and signs
	case r < 0x1100:
		return 1 // other alphabets
	}
	return 1.25 // ideographs, emoji
}

// Clean makes untrusted text fit for a drawing: one line, and only characters that XML
// allows and that leave the writing direction alone.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r&0xFFFE == 0xFFFE { // no character in any plane
			return '?'
		}
		return r
	}, format.Plain(s))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func escape(s string) string { return escaper.Replace(Clean(s)) }
