package chart

import (
	"math"
	"strconv"
)

// scale maps values to positions. Values beyond its ends are shown at its ends.
type scale struct {
	low, high  float64 // values
	start, end float64 // their positions
	log        bool
	zero       float64 // on a logarithmic scale: where 0 is, apart from all others
}

// linear is a scale whose ends are round: they may lie beyond low and high.
func linear(low, high, start, end float64) scale {
	low, high = sane(low), sane(high)
	if high <= low {
		high = low + max(1, math.Abs(low))
	}
	step := niceStep((high - low) / 5)
	return scale{low: math.Floor(low/step) * step, high: math.Ceil(high/step) * step, start: start, end: end}
}

// logarithmic is a scale whose ends are powers of ten around low and high.
// Zero has no place on it.
func logarithmic(low, high, start, end float64) scale {
	low, high = sane(low), sane(high)
	if low <= 0 {
		low = 1
	}
	high = max(high, low)
	from, to := math.Floor(math.Log10(low)+1e-9), math.Ceil(math.Log10(high)-1e-9)
	if to <= from {
		to = from + 1
	}
	return scale{low: math.Pow(10, from), high: math.Pow(10, to), start: start, end: end, log: true, zero: start}
}

// sane keeps arithmetic within what floating point and an eye can take.
func sane(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, -1e15), 1e15)
}

// at is the position of a value.
func (s scale) at(v float64) float64 {
	share := 0.0
	switch {
	case math.IsNaN(v):
	case s.log && v <= 0:
		return s.zero
	case s.log:
		share = (math.Log10(v) - math.Log10(s.low)) / (math.Log10(s.high) - math.Log10(s.low))
	default:
		share = (sane(v) - s.low) / (s.high - s.low)
	}
	return s.start + min(max(share, 0), 1)*(s.end-s.start)
}

// ticks are the round values of a scale, about n of them if it is linear.
func (s scale) ticks(n int) []float64 {
	var all []float64
	if s.log {
		first, last := math.Round(math.Log10(s.low)), math.Round(math.Log10(s.high))
		every := max(1, math.Ceil((last-first)/8))
		for e := first; e <= last; e += every {
			all = append(all, math.Pow(10, e))
		}
		return all
	}
	step := niceStep((s.high - s.low) / float64(max(1, n)))
	for i := math.Ceil(s.low/step - 1e-9); i*step <= s.high+1e-9*step; i++ {
		all = append(all, i*step)
	}
	return all
}

// niceStep is the least of 1, 2 and 5 times a power of ten that is at least step.
func niceStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, nice := range []float64{1, 2, 5} {
		if step <= nice*power*(1+1e-9) {
			return nice * power
		}
	}
	return 10 * power
}

// axis draws a scale at height y, with lines up to top, the ticks' names and
// the name of it all below. It takes up axisHeight.
func (d *drawing) axis(s scale, top, y float64, name string, say func(float64) string) {
	d.line(s.start, y, s.end, y, paint{stroke: plain, opacity: 0.6})
	edge := math.Inf(-1)
	for _, v := range s.ticks(6) {
		x, label := s.at(v), say(v)
		d.line(x, top, x, y, faint)
		half := textWidth(label, smallSize, false) / 2
		if x-half < edge || x-half < 0 || x+half > d.width {
			continue // no room
		}
		edge = x + half + 8
		d.text(x, y+13, label, lettering{size: smallSize, anchor: atMiddle})
	}
	d.text((s.start+s.end)/2, y+31, name, lettering{size: smallSize, anchor: atMiddle, room: s.end - s.start})
}

const axisHeight = 42

// short says a number in few characters: 0.05, 12, 3,400, 1.2M.
func short(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case size >= 999_500_000:
		return significant(v/1e9) + "G"
	case size >= 999_500:
		return significant(v/1e6) + "M"
	case size >= 9_995:
		return significant(v/1e3) + "k"
	case size >= 999.5:
		return strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	}
	return significant(v)
}

// significant writes three significant digits.
func significant(v float64) string {
	if v == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	power := math.Pow(10, float64(min(digits, 12)))
	return strconv.FormatFloat(math.Round(v*power)/power, 'f', -1, 64)
}
