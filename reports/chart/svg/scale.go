package svg

import (
	"math"
	"strconv"

	"onceover/reports/format"
)

// Scale maps values to positions. Values beyond its ends are shown at its ends.
type Scale struct {
	Low, High  float64 // values
	Start, End float64 // their positions
	Log        bool
	Zero       float64 // on a logarithmic scale: where 0 is; apart from Start, it is a tick of its own
}

// Linear is a scale whose ends are round: they may lie beyond low and high.
func Linear(low, high, start, end float64) Scale {
	low, high = sane(low), sane(high)
	if high <= low {
		high = low + max(1, math.Abs(low))
	}
	step := niceStep((high - low) / 5)
	return Scale{Low: math.Floor(low/step) * step, High: math.Ceil(high/step) * step, Start: start, End: end}
}

// Logarithmic is a scale whose ends are powers of ten around low and high.
// Zero has no place on it.
func Logarithmic(low, high, start, end float64) Scale {
	low, high = sane(low), sane(high)
	if low <= 0 {
		low = 1
	}
	low = max(low, 1e-12)
	high = max(high, low)
	from, to := math.Floor(math.Log10(low)+1e-9), math.Ceil(math.Log10(high)-1e-9)
	if to <= from {
		to = from + 1
	}
	return Scale{Low: math.Pow(10, from), High: math.Pow(10, to), Start: start, End: end, Log: true, Zero: start}
}

// sane keeps numbers within a range that arithmetic and an eye can take.
func sane(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, -1e15), 1e15)
}

// At is the position of a value.
func (s Scale) At(v float64) float64 {
	share := 0.0
	switch {
	case math.IsNaN(v):
	case s.Log && v <= 0:
		return s.Zero
	case s.Log:
		share = (math.Log10(v) - math.Log10(s.Low)) / (math.Log10(s.High) - math.Log10(s.Low))
	default:
		share = (sane(v) - s.Low) / (s.High - s.Low)
	}
	return s.Start + min(max(share, 0), 1)*(s.End-s.Start)
}

func (s Scale) hasZero() bool { return s.Log && s.Zero != s.Start }

// ticks are the round values of a scale, about n of them if it is linear.
func (s Scale) ticks(n int) []float64 {
	var all []float64
	if s.Log {
		if s.hasZero() {
			all = append(all, 0)
		}
		first, last := math.Round(math.Log10(s.Low)), math.Round(math.Log10(s.High))
		every := max(1, math.Ceil((last-first)/8))
		for e := first; e <= last; e += every {
			all = append(all, math.Pow(10, e))
		}
		return all
	}
	step := niceStep((s.High - s.Low) / float64(max(1, n)))
	first := math.Ceil(s.Low/step - 1e-9)
	for i := 0.0; (first+i)*step <= s.High+1e-9*step && i <= 2*float64(max(1, n)); i++ {
		all = append(all, (first+i)*step+0) // the addition turns -0 into 0
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

// Round says a number in few characters: 0.05, 12, 3,400, 1.2M, 1e+15.
func Round(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case size >= 999.5e9 || size < 0.0001 && size > 0:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case size >= 999_500_000:
		return significant(v/1e9) + "G"
	case size >= 999_500:
		return significant(v/1e6) + "M"
	case size >= 9_999.5:
		return significant(v/1e3) + "k"
	case size >= 999.5:
		return format.Thousands(int64(math.Round(v)))
	}
	return significant(v)
}

func significant(v float64) string {
	if v == 0 {
		return "0"
	}
	power := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return strconv.FormatFloat(math.Round(v*power)/power, 'f', -1, 64)
}
