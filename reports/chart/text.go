package chart

import (
	"strings"
	"unicode"

	"onceover/reports/say"
)

// Sizes of text, in pixels.
const (
	textSize  = 13
	smallSize = 12
)

// anchor is the part of a text that stands at its x.
type anchor string

const (
	atStart  anchor = "start"
	atMiddle anchor = "middle"
	atEnd    anchor = "end"
)

// lettering is how a text is written.
type lettering struct {
	size   float64 // 0 is textSize
	anchor anchor  // empty is atStart
	bold   bool
	room   float64 // it is cut to this width; 0: as wide as it is
}

// text writes a line of text whose middle is at y. If there is no room for all
// of it, it ends in an ellipsis, and the whole is its title. Foreign text gets
// an element of its own, because it may run from right to left and would take
// its neighbours with it.
func (d *drawing) text(x, y float64, s string, l lettering) {
	s = clean(s)
	if l.size == 0 {
		l.size = textSize
	}
	shown := s
	if l.room > 0 {
		shown = snip(s, l.room, l.size, l.bold)
	}
	if strings.TrimSpace(shown) == "" {
		return
	}
	attributes := []string{"x", number(x), "y", number(y + 0.35*l.size)}
	if l.anchor != "" && l.anchor != atStart {
		attributes = append(attributes, "text-anchor", string(l.anchor))
	}
	if l.size != textSize {
		attributes = append(attributes, "font-size", number(l.size))
	}
	if l.bold {
		attributes = append(attributes, "font-weight", "bold")
	}
	element(&d.body, "text", attributes...)
	d.body.WriteString(">")
	if shown != s {
		d.body.WriteString("<title>" + escape(s) + "</title>")
	}
	d.body.WriteString(escape(shown) + "</text>\n")
}

// snip cuts a text to a width, with an ellipsis at its end if it is cut.
func snip(s string, room, size float64, bold bool) string {
	if textWidth(s, size, bold) <= room {
		return s
	}
	room -= textWidth("…", size, bold)
	end, wide := 0, 0.0
	for at, r := range s {
		if runeWidth(r) > 0 {
			end = at // a letter is not parted from its accents
		}
		wide += textWidth(string(r), size, bold)
		if wide > room+1e-9 { // the noise of adding up
			break
		}
	}
	return strings.TrimRight(s[:end], " ") + "…"
}

// wrap breaks a text between words into lines of a width. The last of the most
// that there may be holds all the rest.
func wrap(s string, room, size float64, bold bool, most int) (lines []string) {
	words := strings.Split(s, " ")
	line := words[0]
	for i, word := range words[1:] {
		longer := line + " " + word
		switch {
		case len(lines) == most-1:
			return append(lines, strings.Join(append([]string{line}, words[i+1:]...), " "))
		case textWidth(longer, size, bold) > room:
			lines, line = append(lines, line), word
		default:
			line = longer
		}
	}
	return append(lines, line)
}

// textWidth estimates how wide a text is. It is made for the widest of the
// common sans-serif fonts, DejaVu Sans: in others there is some air.
func textWidth(s string, size float64, bold bool) float64 {
	em := 0.0
	for _, r := range s {
		em += runeWidth(r)
	}
	if bold {
		em *= 1.15
	}
	return em * size
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

// clean makes foreign text fit for a drawing: one line, and only characters
// that XML allows and that leave the writing direction alone.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r&0xFFFE == 0xFFFE { // no character in any plane
			return '?'
		}
		return r
	}, say.Plain(s))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// escape makes any text fit for an element or an attribute.
func escape(s string) string { return escaper.Replace(clean(s)) }
