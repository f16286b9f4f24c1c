package browsertest

import (
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// jenkins is the policy that Jenkins sends with every file of a build: no style,
// no script, no image from the page itself.
const jenkins = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'"

// mode is how a page is looked at.
type mode struct {
	name   string
	policy string
	noJS   bool
	dark   bool
	forced bool // colours, by the system
	print  bool
	width  int64 // in CSS pixels; 0: a wide screen
}

var (
	inLight        = mode{name: "light"}
	inDark         = mode{name: "dark", dark: true}
	withoutScripts = mode{name: "without scripts", noJS: true} // the page has none: what it looks like needs no second one in the dark
	inJenkins      = mode{name: "Jenkins, light", policy: jenkins}
	inJenkinsDark  = mode{name: "Jenkins, dark", policy: jenkins, dark: true}
)

// modes are those in which everything must be seen and read.
var modes = []mode{inLight, inDark, withoutScripts, inJenkins, inJenkinsDark}

// styled tells whether the page's own style block is in force.
func (m mode) styled() bool { return m.policy == "" }

const wideScreen, highScreen = 1280, 900

func (m mode) emulate() chromedp.Action {
	width := m.width
	if width == 0 {
		width = wideScreen
	}
	feature := func(name string, on bool, yes, no string) *emulation.MediaFeature {
		if on {
			return &emulation.MediaFeature{Name: name, Value: yes}
		}
		return &emulation.MediaFeature{Name: name, Value: no}
	}
	medium := "screen"
	if m.print {
		medium = "print"
	}
	return chromedp.Tasks{
		emulation.SetDeviceMetricsOverride(width, highScreen, 1, false),
		emulation.SetEmulatedMedia().WithMedia(medium).WithFeatures([]*emulation.MediaFeature{
			feature("prefers-color-scheme", m.dark, "dark", "light"),
			feature("forced-colors", m.forced, "active", "none"),
		}),
		emulation.SetScriptExecutionDisabled(m.noJS),
		emulation.SetFocusEmulationEnabled(true),
	}
}
