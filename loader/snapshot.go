package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"
)

// Snapshot is one moment of MySQL, in which all of a job is read: its plan, each chunk, and
// what the list is compared with. Without it each chunk has a snapshot of its own, and the
// list of a table that changes meanwhile may be the table at no moment.
//
// One connection holds it, in one transaction. All workers ask over that connection, by
// turns, and with it ends the job: nobody else can read in the snapshot. As long as it is
// held, MySQL keeps the old versions of all rows, and ALTER TABLE waits; so does whoever
// asks for the table after that. So everything is asked over the connection: what was asked
// over another one could wait for an ALTER that waits for the load.
type Snapshot struct {
	id        string
	connector driver.Connector

	mu   sync.Mutex
	db   *sql.DB // of the one connection; nil until it is open
	kept bool    // the savepoint is set
}

// NewSnapshot returns a snapshot that is taken where it is first read. A plan tells it from
// others by its id, which is to be unique.
func NewSnapshot(cfg *mysql.Config, id string) (*Snapshot, error) {
	connector, err := newConnector(cfg)
	if err != nil {
		return nil, err
	}
	return &Snapshot{id: id, connector: connector}, nil
}

// Close ends the transaction.
func (s *Snapshot) Close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

func (s *Snapshot) taken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.db != nil
}

// ID tells a snapshot from others; none has an empty one.
func (s *Snapshot) ID() string {
	if s == nil {
		return ""
	}
	return s.id
}

// once connects once. A connection that is lost takes its transaction with it, and
// database/sql would open another one in silence.
type once struct {
	driver.Connector
	connected atomic.Bool
}

var errSnapshotEnded = errors.New("loader: its transaction has ended")

func (o *once) Connect(ctx context.Context) (driver.Conn, error) {
	if o.connected.Load() {
		return nil, errSnapshotEnded
	}
	conn, err := o.Connector.Connect(ctx)
	o.connected.Store(err == nil)
	return conn, err
}

// open takes the snapshot, unless it was taken, and returns its connection. A table that was
// altered between the snapshot and the first look at it is not in it: then nothing was read,
// and another one may be taken.
func (s *Snapshot) open(ctx context.Context, job Job) (*sql.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db != nil {
		return s.db, nil
	}
	db := sql.OpenDB(&once{Connector: s.connector})
	db.SetMaxOpenConns(1)
	for _, statement := range []string{
		// Nobody else's limit ends it while the workers wait for Redis, or for their --rate.
		"SET SESSION wait_timeout = 31536000, net_write_timeout = 31536000",
		"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
		"SELECT 1 FROM " + job.quoted() + " LIMIT 1",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			db.Close()
			return nil, tableProblem(job, err)
		}
	}
	s.db = db
	return db, nil
}

// keep sets the savepoint by which the transaction is known. Going back to it gives up the
// locks on tables that were taken later, so it is set when all that the job reads was seen.
func (s *Snapshot) keep(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept {
		return nil
	}
	_, err := s.db.ExecContext(ctx, "SAVEPOINT onceover")
	s.kept = err == nil
	return mysqlProblem(err)
}

const erNoSavepoint = 1305

// holds asks whether the transaction is still there. A connection may live on without it: a
// proxy that has lost the server behind it takes another one.
func (s *Snapshot) holds(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	kept := s.kept
	s.mu.Unlock()
	if !kept {
		return nil // nothing is read yet
	}
	_, err := s.db.ExecContext(ctx, "ROLLBACK TO SAVEPOINT onceover")
	if mysqlNumber(err) == erNoSavepoint {
		return errSnapshotEnded
	}
	return err
}

// refuseEngine refuses tables of which a transaction has no snapshot. Of a view it cannot be
// known what it reads: MySQL tells nobody of tables that he may not read himself.
func (s *source) refuseEngine(ctx context.Context) error {
	if s.snapshot == nil {
		return nil
	}
	database, table := s.place()
	const query = "SELECT engine, table_type FROM information_schema.tables WHERE table_schema = ? AND table_name = ?"
	var engine, kind sql.NullString
	if err := s.db.QueryRowContext(ctx, query, database, table).Scan(&engine, &kind); err != nil {
		return fmt.Errorf("look for the engine of table %s: %w", s.job.Table, err)
	}
	const without = "; or the same command without --snapshot, while nobody writes to it"
	switch {
	case engine.String == "InnoDB":
		return nil
	case kind.String == "BASE TABLE":
		return &Error{Problem: Unfit, What: fmt.Sprintf("table %s is of the engine %s, and only tables of InnoDB can be read in one snapshot (--snapshot)", s.job.Table, engine.String),
			Try: "ALTER TABLE … ENGINE = InnoDB" + without}
	}
	return &Error{Problem: Unfit, What: fmt.Sprintf("%s is a view, and whether all that it reads can be read in one snapshot (--snapshot) is not known", s.job.Table),
		Try: "the table behind the view, with --where and --columns" + without}
}

// ended says what an error means to a load in one snapshot. What may pass is tried again in
// the same snapshot, and never in another one.
func (c Config) ended(ctx context.Context, err error) error {
	if c.Snapshot == nil || err == nil || ctx.Err() != nil {
		return err
	}
	if mysqlNumber(err) == erTableDefChanged && c.Snapshot.taken() {
		return &Error{Problem: TableChanged, What: "a table that is read was altered after the snapshot was taken (--snapshot)", Err: err, Try: beginAnew}
	}
	lost := c.Snapshot.holds(ctx)
	if lost == nil || ctx.Err() != nil {
		return err
	}
	if mysqlNumber(err) != 0 || errors.Is(err, mysql.ErrInvalidConn) {
		lost = err // which may say why
	}
	return snapshotLost(lost)
}

const beginAnew = "--reset, which begins the job anew"

func snapshotLost(err error) error {
	return &Error{Problem: SnapshotLost, What: "the snapshot of this load is lost (--snapshot), and nothing can go on in another one", Err: err,
		Try: "find out who ends connections of MySQL, if it was not restarted; and " + beginAnew}
}

// refuseSnapshot refuses what only the process can load, or compare, that has the snapshot.
func (p *Plan) refuseSnapshot(what string) error {
	return &Error{
		Problem: ForeignPlan,
		What:    fmt.Sprintf("%s %s in one snapshot (--snapshot), which only the process has that began the job", p.Job.Target(), what),
		Try:     "wait for that process; or, if it has ended, " + beginAnew,
	}
}
