package reports

// Counterexample is a short course of events that breaks the promise, step by
// step, so that a person can follow it. It comes from a search, made as small
// as it gets, or from the history of a run on real servers.
type Counterexample struct {
	Verdict    Verdict  `json:"verdict"`
	Sentence   string   `json:"sentence"`              // what happens, in words
	How        string   `json:"how,omitempty"`         // the same in one line, for a reader who does not see the steps; empty: that does not show
	Passing    string   `json:"passing,omitempty"`     // what would have to be otherwise for nothing to go wrong
	Workers    []int    `json:"workers"`               // those that take part, in order of appearance
	Servers    []string `json:"servers,omitempty"`     // those that are asked: redis, mysql
	Steps      []Step   `json:"steps"`                 // in the order in which they happened
	ShrunkFrom int      `json:"shrunk_from,omitempty"` // events before it was made small; 0: it was not
	Repeated   int      `json:"repeated,omitempty"`    // how often it was carried out again, each time the very same
	Replay     string   `json:"replay"`                // the command that does it again
	File       string   `json:"file,omitempty"`        // beside results.json
}

// Nobody is the worker of a step that concerns everybody.
const Nobody = -1

// Step is one thing that happens in a counterexample.
type Step struct {
	Number  int         `json:"number,omitempty"` // from 1; 0: it follows by itself from the one before
	AtMS    float64     `json:"at_ms"`            // since the beginning
	Worker  int         `json:"worker"`           // or Nobody
	Life    int         `json:"life,omitempty"`   // 0 for a worker's first process, 1 for the next
	Server  string      `json:"server,omitempty"` // empty: nobody was asked
	Request string      `json:"request,omitempty"`
	Reply   string      `json:"reply,omitempty"` // what the server answered, whether it arrived or not
	Text    string      `json:"text,omitempty"`  // what else there is to say
	Outcome StepOutcome `json:"outcome"`
	Rows    string      `json:"rows,omitempty"`     // ids that came into the list here, separated by spaces
	Bad     bool        `json:"bad,omitempty"`      // here the promise was broken
	First   int         `json:"first,omitempty"`    // of a Bad step that does something again: the number of the step that did it before
	Place   string      `json:"place,omitempty"`    // the step of its life at which the worker is by its own word when this happens: claiming, claimed ... released; empty: not known
	Chunk   int         `json:"chunk,omitempty"`    // of Place
	RunsOut []int       `json:"runs_out,omitempty"` // the chunks whose lease the server forgets here, because its time is over
}

// StepOutcome is what became of a step.
type StepOutcome string

const (
	StepAnswered  StepOutcome = "answered"   // the request was executed, and its reply arrived
	StepCutBefore StepOutcome = "cut-before" // the connection broke before the request arrived
	StepReplyLost StepOutcome = "reply-lost" // executed, and the reply did not arrive
	StepGivenUp   StepOutcome = "given-up"   // the client waits no longer; the request is still on its way
	StepDies      StepOutcome = "dies"       // the worker dies; if there is a request, before it is sent
	StepDiesAfter StepOutcome = "dies-after" // the worker dies after its request was executed
	StepNote      StepOutcome = "note"       // no request: an observation, or a fault that concerns everybody
)

// Dies tells whether a worker dies in a step.
func (o StepOutcome) Dies() bool { return o == StepDies || o == StepDiesAfter }
