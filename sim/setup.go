package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports/format"
	"onceover/sim/mysqlmodel"
)

// ErrSetup says that a set-up cannot be simulated.
var ErrSetup = errors.New("sim: the set-up is not valid")

// Setup says what is simulated. Name, Program, Workers and Chunks must be set.
type Setup struct {
	Name    string  `json:"program"` // of the program, for logs and sentences
	Program Program `json:"-"`

	Workers int `json:"workers"`
	Chunks  int `json:"chunks"`
	Rows    int `json:"rows"` // of each chunk; 0: 2

	TTL         time.Duration      `json:"ttl"`                   // of leases; 0: DefaultTTL
	Seed        uint64             `json:"seed"`                  // of what the workers choose at random
	Persistence faults.Persistence `json:"persistence,omitempty"` // of Redis; "": faults.Nothing
	Budget      faults.Budget      `json:"budget"`                // what may go wrong in one schedule

	// Lives is how often a program that fails is started, all in all; 0: 3 and
	// one for each fault of the Budget, since each may end a life. Workers that
	// are killed are counted by the Budget instead.
	Lives int `json:"lives"`

	// Cold begins with empty servers. Without it the workers join a job whose
	// plan is agreed and whose scripts Redis knows, and what a program does
	// while it is Preparing is done at once and is no choice.
	Cold bool `json:"cold,omitempty"`

	// Tables returns what stands in MySQL beside the table of the job; nil:
	// nothing. An empty Database is that of the job.
	Tables func(chunks int) []mysqlmodel.Table `json:"-"`
	// WritesMySQL says that the program writes to MySQL, or locks there. It is
	// needed only if it does not do so when a worker is alone.
	WritesMySQL bool `json:"writes_mysql,omitempty"`

	// Locks is how many lock servers there are beside the Redis of the data.
	Locks int `json:"locks,omitempty"`

	// NamesOnly says that of CLIENT LIST and CLIENT INFO the program reads ids,
	// addresses and names alone; they show nothing else then. Without it they
	// show age, idle, cmd, flags and the rest as a real server does, and what a
	// worker is told differs with every step that another one has taken: all
	// schedules of the connection-name strategy, without faults, have 1.7 times
	// as many positions for 2 workers and 2 chunks, and 5 times as many for 3
	// workers (232 for 136, 27,275 for 5,369). A program that does not ask for
	// the list pays nothing. What it says is not taken on trust: see Cache.Check.
	NamesOnly bool `json:"names_only,omitempty"`

	// Steps after which a schedule is finished without faults, each worker in
	// turn; 0: 60 for each worker and chunk. A job that is not complete after
	// as many steps again is stuck.
	Steps int `json:"steps"`
	// Patience is how long a job may take after the last fault; 0: an hour.
	Patience time.Duration `json:"patience"`
}

// DefaultTTL of leases in a simulation. Loaders sleep for 5 ms and more between
// two looks at a lease, so there are few of them before it runs out.
const DefaultTTL = 20 * time.Millisecond

func (s Setup) withDefaults() Setup {
	s.Rows = cmp.Or(s.Rows, 2)
	s.TTL = cmp.Or(s.TTL, DefaultTTL)
	s.Persistence = cmp.Or(s.Persistence, faults.Nothing)
	s.Lives = cmp.Or(s.Lives, 3+s.Budget.Total())
	s.Steps = cmp.Or(s.Steps, 60*s.Workers*s.Chunks)
	s.Patience = cmp.Or(s.Patience, time.Hour)
	return s
}

func (s Setup) validate() error {
	switch {
	case s.Program == nil:
		return fmt.Errorf("%w: no program", ErrSetup)
	case s.Workers < 1 || s.Chunks < 1 || s.Rows < 1:
		return fmt.Errorf("%w: %d workers, %d chunks of %d rows", ErrSetup, s.Workers, s.Chunks, s.Rows)
	case s.Locks < 0 || s.Locks > mostLockServers:
		return fmt.Errorf("%w: %d lock servers", ErrSetup, s.Locks)
	case !slices.Contains(faults.Persistences(), s.Persistence):
		return fmt.Errorf("%w: persistence %q", ErrSetup, s.Persistence)
	}
	return checkBudget(s.Budget)
}

// The one job of every simulation.
const (
	table = "items"
	list  = "rows"
)

// Job is the job that the workers do.
func (s Setup) Job() loader.Job {
	return loader.Job{Table: table, List: list, ChunkSize: s.Rows}
}

var keys = lock.KeysFor(list)

// Bounds says in one line what searches of these set-ups of one program cover,
// and which faults were not allowed in any of them.
func Bounds(setups ...Setup) string {
	var each []string
	allowed := faults.Budget{}
	for _, s := range setups {
		each = append(each, s.bounds())
		for kind, n := range s.Budget {
			allowed[kind] += n
		}
	}
	first := setups[0].withDefaults()
	text := fmt.Sprintf("%s, lease %v", first.Name, first.TTL)
	if !first.Cold {
		text += ", joining a job whose plan is agreed"
	}
	text += ": " + strings.Join(each, "; ")
	var absent []string
	for _, in := range injectors {
		if allowed[in.kind] == 0 {
			absent = append(absent, string(in.kind))
		}
	}
	if absent != nil {
		text += "; not allowed: " + strings.Join(absent, ", ")
	}
	return text
}

func (s Setup) bounds() string {
	s = s.withDefaults()
	text := fmt.Sprintf("%s and %s of %s, %v", format.Plural(s.Workers, "worker", "workers"), format.Plural(s.Chunks, "chunk", "chunks"), format.Plural(s.Rows, "row", "rows"), s.Budget)
	if s.Budget[faults.RedisKill]+s.Budget[faults.RedisPower] > 0 {
		text += ", persistence " + string(s.Persistence)
	}
	if s.Locks > 0 {
		text += ", " + format.Plural(s.Locks, "lock server", "lock servers")
	}
	return text + fmt.Sprintf(", up to %d steps", s.Steps)
}
