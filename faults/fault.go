package faults

import (
	"slices"
	"time"

	"onceover/loader"
)

// Any stands for whichever worker or chunk is there first.
const Any = -1

// Never, as a restart, says that the worker does not come back.
const Never = time.Duration(-1)

// Fault is one thing that goes wrong, once.
type Fault struct {
	Kind Kind
	At   Position

	// For is how long the fault lasts, and Restart how long after it a worker is
	// started again. The settings of the kind say whether it takes them, and
	// may give them another meaning.
	For, Restart time.Duration

	// Word is the one setting of a kind that is no duration: which key, or which error.
	Word string
}

// Position is where in a run a fault strikes: at a worker's step, at a request
// that a worker sends, or when a share of the rows has arrived.
type Position struct {
	Worker int // 0-based, or Any
	Chunk  int // ordinal, or Any
	Step   loader.Step
	Nth    int           // strikes the nth time that the position is reached, from 1
	Hold   time.Duration // keeps the worker at its step for so long before it strikes

	// Request, if not empty, is a request that is kept back while the fault
	// strikes, whatever the chunk and the step: Write, Read, or a command such as
	// EXEC or UPDATE. Answered says that the fault strikes when the server has
	// executed the request; then its reply is lost, and the connection cut. A
	// worker that is struck learns of the cut only afterwards.
	Request  string
	Answered bool

	// Progress, if not 0, is a percentage of the table's rows, and the only
	// part of the position beside Worker that counts.
	Progress int
}

// AtStep tells whether the position is a step of a worker.
func (p Position) AtStep() bool { return p.Progress == 0 && p.Request == "" }

// Matches tells whether a worker at a step stands at the position, Nth aside.
func (p Position) Matches(worker int, step loader.Step, chunk int) bool {
	return p.AtStep() &&
		step == p.Step &&
		(p.Worker == Any || p.Worker == worker) &&
		(p.Chunk == Any || p.Chunk == chunk)
}

// Requests that are named for what they do.
const (
	Write = "write" // to Redis, of the list, by whichever command
	Read  = "read"  // a SELECT, to MySQL
)

// ToMySQL tells whether the Request of the position is one to MySQL. SELECT is
// taken for a query there, and not for Redis' command of that name.
func (p Position) ToMySQL() bool {
	return p.Request == Read || slices.Contains(statements, p.Request)
}

// statements are the first words of what workers send to MySQL.
var statements = []string{
	"SELECT", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "CALL", "DO", "LOCK",
}

// Plan is the faults of one run.
type Plan []Fault
