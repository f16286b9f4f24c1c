package servers

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"onceover/scenarios/servers/images"
)

// pullLook is the time between two reports of a pull's progress.
const pullLook = 5 * time.Second

// layers reads what an engine says of a pull, one JSON object a line, and
// reports how much of the image has arrived.
type layers struct {
	io.Writer
	report  func(string)
	last    time.Time
	arrived map[string]extent // by layer
}

type extent struct{ Current, Total int64 }

func newLayers(report func(string)) *layers {
	l := &layers{report: report, last: time.Now(), arrived: map[string]extent{}}
	l.Writer = images.Lines(l.heard)
	return l
}

// heard takes one message. It passes over those that are not about a layer: the
// client finds errors by itself.
func (l *layers) heard(line string) {
	var message struct {
		Status         string
		ID             string
		ProgressDetail extent
	}
	if json.Unmarshal([]byte(line), &message) == nil && message.Status == "Downloading" {
		l.arrived[message.ID] = message.ProgressDetail
	}
	if now := time.Now(); now.Sub(l.last) >= pullLook {
		l.last = now
		l.report(l.String())
	}
}

func (l *layers) String() string {
	var sum extent
	for _, layer := range l.arrived {
		sum.Current += layer.Current
		sum.Total += layer.Total
	}
	return fmt.Sprintf("%d of %d MB in %d layers", sum.Current/1e6, sum.Total/1e6, len(l.arrived))
}
