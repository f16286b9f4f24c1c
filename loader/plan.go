package loader

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// planVersion changes when an older worker would misread a plan or encode rows
// in another way.
const planVersion = 3

// Layout is how a plan cuts the keys into chunks.
type Layout string

const (
	// Ranges are of equal width, for keys that are dense.
	Ranges Layout = "ranges"
	// Keyset borders stand every ChunkSize rows, for keys that are sparse.
	Keyset Layout = "keyset"
	// Indexed borders stand every ChunkSize rows too, for keys that only MySQL can compare.
	Indexed Layout = "indexed"
	// Whole is a table in one chunk, for want of a key.
	Whole Layout = "whole"
)

// Plan cuts a table into chunks. It is made once for a job, kept in Redis, and
// the same for every worker. A chunk is known by its ordinal in the plan.
type Plan struct {
	Version  int      `json:"version"`
	Job      Job      `json:"job"`    // with its table, columns and key spelt out
	Server   string   `json:"server"` // on which the table is
	Types    []string `json:"types"`  // of the columns, as MySQL declares them
	KeyTypes []string `json:"key_types"`
	Before   int64    `json:"before"` // elements of the list when the plan was made
	Strategy string   `json:"strategy"`
	Layout   Layout   `json:"layout"`
	Unsigned bool     `json:"unsigned,omitempty"`
	Rows     uint64   `json:"rows"`              // in the table when the plan was made
	First    string   `json:"first,omitempty"`   // the least key
	Last     string   `json:"last,omitempty"`    // the greatest key
	Borders  []string `json:"borders,omitempty"` // Keyset, Indexed: the first key of each chunk

	// Snapshot is the id of the one in which all of the table is read; empty: each chunk is
	// read in one of its own.
	Snapshot string `json:"snapshot,omitempty"`

	// Generation tells the plan of a job that was begun anew from the one before.
	Generation string `json:"generation,omitempty"`

	id          string
	first, last place
	borders     []place
}

// body is the plan as Redis holds it.
func (p *Plan) body() (string, error) {
	body, err := json.Marshal(p)
	return string(body), err
}

// ID is a digest of the plan: two workers with the same ID cut alike.
func (p *Plan) ID() string { return p.id }

// Chunks is the number of chunks; an empty table has none.
func (p *Plan) Chunks() int {
	switch {
	case p.Rows == 0:
		return 0
	case p.Layout == Keyset, p.Layout == Indexed:
		return len(p.Borders)
	case p.Layout == Whole:
		return 1
	}
	return int(uint64(p.last-p.first)/uint64(p.Job.ChunkSize)) + 1
}

// Bounds say which keys belong to a chunk: all from First on, to Last or, without it, up
// to the key Before. Chunks are half-open, but the key after the greatest may not exist,
// and integers have a key before each. A whole table has no bounds.
type Bounds struct{ First, Last, Before string }

// Bounds returns the bounds of chunk i.
func (p *Plan) Bounds(i int) Bounds {
	switch p.Layout {
	case Whole:
		return Bounds{}
	case Indexed:
		if i+1 < p.Chunks() {
			return Bounds{First: p.Borders[i], Before: p.Borders[i+1]}
		}
		return Bounds{First: p.Borders[i], Last: p.Last}
	}
	space := keyspace{p.Unsigned}
	first, last := p.start(i), p.last
	if i+1 < p.Chunks() {
		last = p.start(i+1) - 1
	}
	return Bounds{First: space.format(first), Last: space.format(last)}
}

func (p *Plan) start(i int) place {
	if p.Layout == Keyset {
		return p.borders[i]
	}
	return p.first + place(uint64(i)*uint64(p.Job.ChunkSize))
}

// ChunkOf returns the ordinal of the chunk to which a key belongs. Of keys that only
// MySQL can compare it knows nothing.
func (p *Plan) ChunkOf(key string) (int, bool) {
	at, err := keyspace{p.Unsigned}.parse(key)
	if err != nil || p.Rows == 0 || p.Layout == Indexed || p.Layout == Whole || at < p.first || at > p.last {
		return 0, false
	}
	if p.Layout == Ranges {
		return int(uint64(at-p.first) / uint64(p.Job.ChunkSize)), true
	}
	i, found := slices.BinarySearch(p.borders, at)
	if !found {
		i--
	}
	return i, true
}

// seal fills in what is derived from the published fields, and checks them.
func (p *Plan) seal() error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	p.id = hex.EncodeToString(sum[:8])
	switch {
	case p.Rows == 0:
		return nil
	case p.Layout == Whole, p.Layout == Indexed:
		return p.checkBorders()
	}
	space := keyspace{p.Unsigned}
	var errFirst, errLast error
	p.first, errFirst = space.parse(p.First)
	p.last, errLast = space.parse(p.Last)
	if err := errors.Join(errFirst, errLast); err != nil {
		return err
	}
	p.borders = make([]place, len(p.Borders))
	for i, b := range p.Borders {
		if p.borders[i], err = space.parse(b); err != nil {
			return err
		}
		if i > 0 && p.borders[i] <= p.borders[i-1] {
			return fmt.Errorf("border %d is not above the one before it", i)
		}
	}
	return p.checkConsistency()
}

// checkBorders checks what can be seen without MySQL.
func (p *Plan) checkBorders() error {
	b := p.Borders
	switch {
	case p.Layout == Whole && (len(b) > 0 || p.Rows > MaxChunkSize):
		return fmt.Errorf("one chunk of %d rows and %d borders", p.Rows, len(b))
	case p.Layout == Indexed && (len(b) == 0 || len(b) > MaxChunks || b[0] != p.First || p.Last == ""):
		return errors.New("the borders do not span the keys")
	case len(slices.Compact(slices.Clone(b))) < len(b):
		return errors.New("a chunk begins where it ends")
	}
	return nil
}

func (p *Plan) checkConsistency() error {
	switch {
	case p.last < p.first:
		return errors.New("the last key is below the first")
	case p.Job.ChunkSize < 1:
		return fmt.Errorf("chunk size %d", p.Job.ChunkSize)
	case p.Layout == Keyset && (len(p.borders) == 0 || p.borders[0] != p.first || p.borders[len(p.borders)-1] > p.last):
		return errors.New("the borders do not span the keys")
	case p.Layout != Keyset && p.Layout != Ranges:
		return fmt.Errorf("layout %q", p.Layout)
	case p.Layout == Keyset && len(p.borders) > MaxChunks,
		p.Layout == Ranges && uint64(p.last-p.first)/uint64(p.Job.ChunkSize) >= MaxChunks:
		return fmt.Errorf("more than %d chunks", MaxChunks)
	}
	return nil
}

// dense tells whether ranges of equal width would be at least half full.
func dense(rows uint64, first, last place) bool {
	width := uint64(last - first) // one less than the number of keys
	return rows > width/2
}

// NewPlan cuts a table as the first worker of a job would, and stores nothing.
func NewPlan(ctx context.Context, db *sql.DB, job Job, strategy string) (*Plan, error) {
	job = job.withDefaults()
	if err := job.validate(); err != nil {
		return nil, err
	}
	src, err := openSource(ctx, db, job, nil)
	if err != nil {
		return nil, err
	}
	return makePlan(ctx, src, src.named(job), strategy, 0)
}

// makePlan looks at the table and cuts it.
func makePlan(ctx context.Context, src *source, job Job, strategy string, before int64) (*Plan, error) {
	plan := &Plan{
		Version: planVersion, Job: job, Strategy: strategy, Server: src.server, Snapshot: src.snapshot.ID(),
		Types: src.types(), KeyTypes: src.key.types(), Before: before, Layout: Ranges,
	}
	extent, err := src.extent(ctx)
	if err != nil {
		return nil, err
	}
	if extent.rows > 0 {
		if err := plan.cut(ctx, src, extent); err != nil {
			return nil, err
		}
	}
	if err := src.snapshot.holds(ctx); err != nil {
		return nil, mysqlProblem(err)
	}
	if err := plan.seal(); err != nil {
		return nil, fmt.Errorf("the plan that was made is not sound: %w", err)
	}
	return plan, nil
}

func (p *Plan) cut(ctx context.Context, src *source, extent extent) error {
	p.Rows, p.First, p.Last = extent.rows, extent.first, extent.last
	if _, err := p.lay(src, extent); err != nil || p.Layout == Ranges || p.Layout == Whole {
		return err
	}
	return p.cutByRows(ctx, src)
}

// lay chooses the layout for rows between two keys, and says how many chunks it makes. It
// refuses what cannot be cut.
func (p *Plan) lay(src *source, extent extent) (chunks uint64, err error) {
	size := uint64(p.Job.ChunkSize)
	chunks = (extent.rows-1)/size + 1
	switch {
	case len(src.key) == 0:
		p.Layout = Whole
		return 1, p.takeWhole(src)
	case !src.key.integral():
		p.Layout = Indexed
		return chunks, p.fits(chunks)
	}
	p.Unsigned = src.key[0].unsigned()
	space := keyspace{p.Unsigned}
	first, errFirst := space.parse(extent.first)
	last, errLast := space.parse(extent.last)
	if err := errors.Join(errFirst, errLast); err != nil {
		return 0, err
	}
	if p.Layout = Keyset; dense(extent.rows, first, last) {
		p.Layout = Ranges
		chunks = uint64(last-first)/size + 1
	}
	return chunks, p.fits(chunks)
}

// takeWhole takes a table that nothing cuts in one chunk, one snapshot and one commit, if it
// is small enough.
func (p *Plan) takeWhole(src *source) error {
	if p.Rows <= uint64(p.Job.ChunkSize) {
		return nil
	}
	why := fmt.Sprintf("table %s has no unique index without NULLs, and its %d rows%s are more than one chunk of %d", p.Job.Table, p.Rows, p.Job.satisfying(), p.Job.ChunkSize)
	for _, i := range src.unfit {
		why += fmt.Sprintf("; index %s %s", i.name, i.unfit)
	}
	try := "a unique index over columns that are not NULL, such as ALTER TABLE … ADD number BIGINT NOT NULL AUTO_INCREMENT UNIQUE"
	if p.Rows <= MaxChunkSize {
		try = fmt.Sprintf("--chunk-size %d, which takes all of them at once; or %s", p.Rows, try)
	}
	return &Error{Problem: NoKey, What: why, Try: try + "; of a view, --key COLUMN that tells its rows apart"}
}

// fits refuses more chunks than a job has.
func (p *Plan) fits(chunks uint64) error {
	if chunks <= MaxChunks {
		return nil
	}
	size := uint64(p.Job.ChunkSize)
	return &Error{
		Problem: TooManyChunks,
		What:    fmt.Sprintf("chunks of %d make %d chunks, and a job has at most %d", size, chunks, MaxChunks),
		Try:     fmt.Sprintf("a chunk size of at least %d", size*(chunks/MaxChunks+1)),
	}
}

// cutByRows takes rows, first and last anew from the scan that sets the
// borders, because the table may have changed since it was measured. In a view
// a key may come twice: no border stands between its rows. Keys that are equal in other
// letters (a, A, a) come in any order, and no border stands twice.
func (p *Plan) cutByRows(ctx context.Context, src *source) error {
	p.Rows = 0
	var last []byte
	begun := 0 // rows since the last border
	err := src.keys(ctx, func(key []byte) {
		if p.Rows == 0 || begun >= p.Job.ChunkSize && !bytes.Equal(key, last) && string(key) != p.Borders[len(p.Borders)-1] {
			p.Borders = append(p.Borders, string(key))
			begun = 0
		}
		last = append(last[:0], key...)
		begun++
		p.Rows++
	})
	p.Last = string(last)
	if len(p.Borders) > 0 {
		p.First = p.Borders[0]
	}
	return err
}

// keyspace tells how the keys of a table are ordered and written.
type keyspace struct {
	Unsigned bool
}

// place is a key's position in the order of its type, so that signed and
// unsigned keys are counted and compared alike, without overflow.
type place uint64

const signBit = 1 << 63

func (s keyspace) parse(text string) (place, error) {
	if s.Unsigned {
		u, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("key %q: %w", text, err)
		}
		return place(u), nil
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("key %q: %w", text, err)
	}
	return place(uint64(i) ^ signBit), nil
}

func (s keyspace) format(p place) string {
	if s.Unsigned {
		return strconv.FormatUint(uint64(p), 10)
	}
	return strconv.FormatInt(int64(uint64(p)^signBit), 10)
}
