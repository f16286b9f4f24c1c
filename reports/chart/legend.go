package chart

// key is one sign of a legend and what it means. The sign is drawn around x, y
// and is at most keyWidth wide.
type key struct {
	sign func(x, y float64)
	word string
}

const (
	keyWidth  = 26
	keyHeight = 20
)

// legend writes keys from x to the right edge, in as many lines as it takes,
// the first with its top at y. It returns where it ends.
func (d *drawing) legend(x, y float64, keys []key) float64 {
	if len(keys) == 0 {
		return y
	}
	at, line := x, y+keyHeight/2
	for _, k := range keys {
		wide := keyWidth + 4 + textWidth(k.word, smallSize, false)
		if at > x && at+wide > d.width {
			at, line = x, line+keyHeight
		}
		k.sign(at+keyWidth/2, line)
		d.text(at+keyWidth+4, line, k.word, lettering{size: smallSize, room: d.width - at - keyWidth - 4})
		at += wide + 14
	}
	return line + keyHeight/2
}
