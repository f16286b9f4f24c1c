package svg

// Key is one sign of a legend and what it means. The sign is drawn around x, y
// and is at most 26 pixels wide.
type Key struct {
	Word  string
	Draw  func(x, y float64)
	Shown bool
}

// KeyHeight is the height of a line of a legend.
const KeyHeight = 20

// Legend writes the keys that are shown from x to the right edge, in as many lines as
// it takes, the first with its top at y. It returns where it ends.
func (d *Drawing) Legend(x, y float64, keys []Key) float64 {
	const signWidth = 26
	at, line, bottom := x, y+KeyHeight/2, y
	for _, k := range keys {
		if !k.Shown {
			continue
		}
		wide := signWidth + 4 + Width(k.Word, Style{Size: Small})
		if at > x && at+wide > d.Width {
			at, line = x, line+KeyHeight
		}
		k.Draw(at+signWidth/2, line)
		d.Text(at+signWidth+4, line, k.Word, Style{Size: Small, Room: d.Width - at - signWidth - 4})
		at += wide + 14
		bottom = line + KeyHeight/2
	}
	return bottom
}
