package reports

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
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

// Change is what became of a worker's process or of a server.
type Change string

const (
	WorkerStarted Change = "started"
	WorkerDone    Change = "done"   // it ended, and said that nothing is left
	WorkerKilled  Change = "killed" // it ended by SIGKILL
	WorkerFailed  Change = "failed" // it ended in any other way
	ServerGone    Change = "gone"
	ServerBack    Change = "back"
)

// Phase is what an event says of a fault.
type Phase string

const (
	FaultInjected Phase = "struck" // the position was reached, and the fault was injected
	FaultSeen     Phase = "seen"   // it was seen to take effect
	FaultMissed   Phase = "missed" // it had no effect, or nobody knows which; nothing follows
	FaultHealed   Phase = "healed" // its effect is over
)

// Effect is what a fault was seen to do, as far as it explains what became of a
// chunk. It is independent of the kind of the fault.
type Effect string

const (
	WorkerDies      Effect = "worker-dies"
	WorkerSuspended Effect = "worker-suspended" // until the fault is healed
	WorkerCutOff    Effect = "worker-cut-off"   // from the servers, until the fault is healed
	ReplyLost       Effect = "reply-lost"       // a write was executed, its connection ended, and its reply did not arrive
	ConnectionLost  Effect = "connection-lost"  // a connection ended; no write is known to be executed on it without a reply
	KeyLost         Effect = "key-lost"         // Redis has a key of the job no more
	ListLost        Effect = "list-lost"        // Redis has the list no more, with the rows that were in it
	ClockJumped     Effect = "clock-jumped"     // what goes by the clock of a Redis is later than it was
	WritesRefused   Effect = "writes-refused"   // Redis answers writes with an error until the fault is healed
)

// FaultRef names the fault of the plan that an event is about.
type FaultRef struct {
	Index  int    `json:"index"` // in the plan, from 0
	Kind   string `json:"kind"`
	Line   string `json:"line"`           // as the plan has it
	Step   string `json:"step,omitempty"` // at which the worker was held; empty where the position is no step
	Phase  Phase  `json:"phase"`
	Effect Effect `json:"effect,omitempty"` // of the phase seen
}

// Event is one thing that was observed. Worker and Chunk are -1 where the event
// has none. A fault has the worker that it strikes, unless it strikes a server.
// Text is for people: nothing but the text of the run and of the check is read.
type Event struct {
	Schema string    `json:"schema,omitempty"` // of the first event
	Seq    int       `json:"seq"`
	AtMS   float64   `json:"at_ms"` // since the run began
	Kind   EventKind `json:"kind"`
	Worker int       `json:"worker"`
	Life   int       `json:"life,omitempty"` // 0 for a worker's first process, 1 for the next
	Chunk  int       `json:"chunk"`
	Step   string    `json:"step,omitempty"`
	Server string    `json:"server,omitempty"` // redis or mysql, of the events of a server
	Change Change    `json:"change,omitempty"` // of the events of a worker or a server
	Fault  *FaultRef `json:"fault,omitempty"`  // of the events of a fault
	Rows   int64     `json:"rows,omitempty"`   // of the chunk that the step is about
	Text   string    `json:"text,omitempty"`
}

// HistoryFile is the name of a history in the folder of its run.
const HistoryFile = "history.jsonl"

// HistorySchema names the form of a history. Its first event carries it. Before
// there was a name, faults and the ends of workers were told in prose.
const HistorySchema = "onceover.history/2"

// ErrHistoryForm says that a history has another form than HistorySchema.
var ErrHistoryForm = errors.New("the history has a form that this program does not read")

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
	if h.seq == 1 {
		e.Schema = HistorySchema
	}
	if err := h.out.Encode(e); err != nil && h.err == nil {
		h.err = fmt.Errorf("write history: %w", err)
	}
}

// Err is the first error of any write.
func (h *HistoryWriter) Err() error { return h.err }

// LoadHistory reads the history of a run back from the folder of the run. If it is torn,
// the part that is whole comes with the error.
func LoadHistory(folder string) ([]Event, error) {
	f, err := OpenStored(filepath.Join(folder, HistoryFile), MostOfHistory)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadHistory(f)
}

// ReadHistory reads a history back. It refuses one of another form.
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
		if len(events) == 0 && e.Schema != HistorySchema {
			return nil, fmt.Errorf("%w: %s, and not %s; run the campaign again", ErrHistoryForm, cmp.Or(e.Schema, "onceover.history/1"), HistorySchema)
		}
		if len(events) == mostEvents {
			return events, &InputError{"the history", fmt.Sprintf("it has more than %d events, the most that are read", mostEvents)}
		}
		events = append(events, e)
	}
}
