package lanes

import (
	"fmt"
	"strings"
	"testing"

	"onceover/reports/timeline"
)

func TestThinning(t *testing.T) {
	at := func(ms float64) float64 { return 10 + ms } // a pixel for each
	seg := func(from, to float64, doing timeline.Doing) timeline.Segment {
		return timeline.Segment{Span: timeline.Span{FromMS: from, ToMS: to}, Doing: doing}
	}
	for name, c := range map[string]struct {
		segments []timeline.Segment
		column   float64
		want     string
	}{
		"nothing":         {nil, 1, ""},
		"as it is":        {[]timeline.Segment{seg(0, 4, "idle"), seg(4, 6, "reading")}, 1, "idle 10-14 reading 14-16"},
		"the most of it":  {[]timeline.Segment{seg(0, 1, "idle"), seg(1, 4, "reading"), seg(4, 8, "idle")}, 4, "reading 10-14 idle 14-18"},
		"a little often":  {[]timeline.Segment{seg(0, 1, "idle"), seg(1, 2.5, "reading"), seg(2.5, 4, "idle")}, 4, "idle 10-14"},
		"two alike":       {[]timeline.Segment{seg(0, 3, "idle"), seg(3, 4, "reading"), seg(4, 8, "idle")}, 4, "idle 10-18"},
		"a gap between":   {[]timeline.Segment{seg(0, 4, "idle"), seg(12, 16, "idle")}, 4, "idle 10-14 idle 22-26"},
		"what is unknown": {[]timeline.Segment{seg(0, 4, "dancing")}, 1, ""},
		"backwards":       {[]timeline.Segment{seg(4, 0, "idle")}, 1, ""},
	} {
		var got []string
		for _, s := range thinned(c.segments, at, 10, c.column) {
			got = append(got, fmt.Sprintf("%s %v-%v", s.doing, s.from, s.to))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %q, want %q", name, text, c.want)
		}
	}
}
