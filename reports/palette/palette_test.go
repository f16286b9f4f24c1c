package palette

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"onceover/reports"
)

// colour is red, green and blue, each from 0 to 255.
type colour [3]int

func page(text string) (c colour) {
	fmt.Sscanf(text, "#%02X%02X%02X", &c[0], &c[1], &c[2])
	return c
}

// terminal is one of the 240 colours that are the same in every theme: a cube, and greys.
func terminal(n int) colour {
	if n >= 232 {
		return colour{8 + 10*(n-232), 8 + 10*(n-232), 8 + 10*(n-232)}
	}
	levels := []int{0, 95, 135, 175, 215, 255}
	n -= 16
	return colour{levels[n/36], levels[n/6%6], levels[n%6]}
}

func TestThePaletteStandsOutOnLightAndDark(t *testing.T) {
	for _, v := range reports.Verdicts() {
		for _, c := range []colour{page(Of(v).Page), terminal(Of(v).Terminal)} {
			for _, background := range []string{"#FFFFFF", "#121212"} {
				// WCAG 2.2, success criterion 1.4.11: 3:1 for what is no text.
				// The palette is made to touch that bound, hence two decimals.
				if got := contrast(c, page(background)); math.Round(got*100)/100 < 3 {
					t.Errorf("%s, %v on %s: %.3f", v, c, background, got)
				}
			}
		}
	}
	if got := contrast(page("#FFFFFF"), page("#000000")); math.Abs(got-21) > 1e-9 {
		t.Errorf("white on black is %v, not 21", got)
	}
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(a, b colour) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c colour) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		channel := float64(c[i]) / 255
		if channel <= 0.04045 {
			channel /= 12.92
		} else {
			channel = math.Pow((channel+0.055)/1.055, 2.4)
		}
		sum += weight * channel
	}
	return sum
}

// TestATerminalShowsTheColourOfThePage compares hues; of grey there is none.
func TestATerminalShowsTheColourOfThePage(t *testing.T) {
	for _, v := range reports.Verdicts() {
		onPage, there := page(Of(v).Page), terminal(Of(v).Terminal)
		a, grey := hue(onPage)
		b, greyThere := hue(there)
		if apart := math.Abs(math.Mod(a-b+540, 360) - 180); apart > 15 || grey != greyThere {
			t.Errorf("%s: %v on a page, %v on a terminal", v, onPage, there)
		}
		for other, c := range colours {
			if other != v && (c.Terminal == Of(v).Terminal || c.Page == Of(v).Page) {
				t.Errorf("%s looks like %s", v, other)
			}
		}
	}
	if Of("unheard of") != Of(reports.Inconclusive) {
		t.Error("an unknown verdict has a colour of its own")
	}
}

func hue(c colour) (degrees float64, grey bool) {
	r, g, b := float64(c[0]), float64(c[1]), float64(c[2])
	if r == g && g == b {
		return 0, true
	}
	return math.Mod(math.Atan2(math.Sqrt(3)*(g-b), 2*r-g-b)*180/math.Pi+360, 360), false
}

// TestTheStylesOfThePageHaveTheSameColours looks into the style sheet, which cannot ask.
func TestTheStylesOfThePageHaveTheSameColours(t *testing.T) {
	styles, err := os.ReadFile("../page/style.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, v := range reports.Verdicts() {
		for line := range strings.Lines(string(styles)) {
			if !strings.HasPrefix(line, ".tiles .tile-"+string(v)+" ") {
				continue
			}
			found++
			if c := page(Of(v).Page); !strings.Contains(line, fmt.Sprintf("rgb(%d %d %d)", c[0], c[1], c[2])) {
				t.Errorf("%s: %s", v, line)
			}
		}
	}
	if found == 0 {
		t.Error("no style has the colour of a verdict; look again for where they stand")
	}
}
