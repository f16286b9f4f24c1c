package mysqlmodel

import "time"

// ConnID names a connection. It is the thread id that MySQL shows for it.
type ConnID uint32

// isolation is a transaction isolation level.
type isolation uint8

const (
	repeatableRead isolation = iota
	readCommitted
)

func (i isolation) String() string { return [...]string{"REPEATABLE-READ", "READ-COMMITTED"}[i] }

// lockWait is the server's default of innodb_lock_wait_timeout.
const lockWait = 50 * time.Second

// session is a connection and all that ends with it.
type session struct {
	id       ConnID
	greeted  bool // the client has logged in
	database string
	settings
	transaction

	foundRows     bool // CLIENT_FOUND_ROWS: UPDATE counts the rows that match
	prepared      []prepared
	lastStatement uint32

	work    request  // the statement under way
	pending *request // work, while it is not answered
}

// settings are the session's variables.
type settings struct {
	autocommit bool
	isolation  isolation
	lockWait   time.Duration
	collation  byte
	timeZone   string
}

// transaction is what BEGIN starts, or the first use of a table.
type transaction struct {
	explicit   bool      // begun by a statement
	active     bool      // shown as open in the status
	readOnly   bool      // until the next COMMIT or ROLLBACK, even across another BEGIN
	level      isolation // of this transaction
	oneShot    bool      // level was set for one transaction only
	snapshot   uint64    // the last commit that it sees
	consistent bool      // there is a snapshot
	undo       []undo
	structures []lockMode
}

// undo is one change of a transaction that is not committed.
type undo struct {
	table int
	key   place
}

func (c *session) defaults() {
	c.settings = settings{autocommit: true, lockWait: lockWait, collation: c.settings.collation, timeZone: "SYSTEM"}
	c.transaction = transaction{}
}

// multi tells whether a transaction outlasts a statement.
func (c *session) multi() bool { return c.explicit || !c.autocommit }

// Bits of the status in OK packets, from the server's mysql_com.h.
const (
	statusInTransaction = 0x0001
	statusAutocommit    = 0x0002
	statusNoIndexUsed   = 0x0020
	statusInReadOnly    = 0x2000
)

func (c *session) status() (s uint16) {
	if c.active {
		s |= statusInTransaction
		if c.readOnly {
			s |= statusInReadOnly
		}
	}
	if c.autocommit {
		s |= statusAutocommit
	}
	return s
}
