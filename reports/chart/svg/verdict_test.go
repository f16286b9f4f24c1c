package svg

import (
	"math"
	"strconv"
	"testing"
)

func TestThePaletteStandsOutOnLightAndDark(t *testing.T) {
	colours := []string{colourSafe, colourLost, colourDuplicated, colourStuck, colourInconclusive}
	for _, background := range []string{"#FFFFFF", "#121212"} {
		for _, colour := range colours {
			// WCAG 2.2, success criterion 1.4.11: 3:1 for what is no text.
			// The palette is made to touch that bound, hence two decimals.
			if got := contrast(colour, background); math.Round(got*100)/100 < 3 {
				t.Errorf("%s on %s: %.3f", colour, background, got)
			}
		}
	}
	if got := contrast("#FFFFFF", "#000000"); math.Abs(got-21) > 1e-9 {
		t.Errorf("white on black is %v, not 21", got)
	}
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(colour string) float64 {
	weights := []float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, weight := range weights {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err) // all colours are constants
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
