package reports

import (
	"encoding/json"
	"fmt"
	"io"
)

// EventKind says what an event of a history is about.
type EventKind string

const (
	EventRun      EventKind = "run"      // begin and end of a run
	EventWorker   EventKind = "worker"   // a worker process began or ended
	EventStep     EventKind = "step"     // a worker reached a step
	EventFault    EventKind = "fault"    // a fault was injected, confirmed, healed
	EventServer   EventKind = "server"   // a server went away or came back
	EventConsumer EventKind = "consumer" // rows were popped during the load
	EventCheck    EventKind = "check"    // what the check found
)

// How the texts of some events begin. In those of faults the fault follows as
// its line of the plan, and then, after a colon, what there is to say.
const (
	FaultStrikes  = "strikes: "        // the position was reached
	FaultSeen     = "seen: "           // it took effect, or ended; there may be several
	FaultMissed   = "without effect: " // it did not take effect
	WorkerStarted = "started"
	WorkerDone    = "exit status 0" // it said that nothing is left
	WorkerKilled  = "signal: killed"
	ServerGone    = "is gone"
	ServerBack    = "is back"
)

// Event is one thing that was observed. Worker and Chunk are -1 where the event
// has none. A fault has the worker that it strikes, unless it strikes a server.
type Event struct {
	Seq    int       `json:"seq"`
	AtMS   float64   `json:"at_ms"` // since the run began
	Kind   EventKind `json:"kind"`
	Worker int       `json:"worker"`
	Life   int       `json:"life,omitempty"` // 0 for a worker's first process, 1 for the next
	Chunk  int       `json:"chunk"`
	Step   string    `json:"step,omitempty"`
	Server string    `json:"server,omitempty"` // redis or mysql, of the events of a server
	Rows   int64     `json:"rows,omitempty"`   // of the chunk that the step is about
	Text   string    `json:"text,omitempty"`
}

// HistoryWriter writes a history, one event a line.
type HistoryWriter struct {
	out *json.Encoder
	seq int
	err error
}

// NewHistoryWriter writes to w. Errors are kept for Err.
func NewHistoryWriter(w io.Writer) *HistoryWriter { return &HistoryWriter{out: json.NewEncoder(w)} }

// Add numbers an event and writes it.
func (h *HistoryWriter) Add(e Event) {
	h.seq++
	e.Seq = h.seq
	if err := h.out.Encode(e); err != nil && h.err == nil {
		h.err = fmt.Errorf("write history: %w", err)
	}
}

// Err is the first error of any write.
func (h *HistoryWriter) Err() error { return h.err }

// ReadHistory reads a history back.
func ReadHistory(r io.Reader) ([]Event, error) {
	var events []Event
	for in := json.NewDecoder(r); ; {
		var e Event
		err := in.Decode(&e)
		if err == io.EOF {
			return events, nil
		}
		if err != nil {
			return events, fmt.Errorf("read history, event %d: %w", len(events)+1, err)
		}
		events = append(events, e)
	}
}
