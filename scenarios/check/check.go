// Package check compares a list with the table that was loaded into it, row by
// row and with bounded memory.
package check

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"strconv"
)

// Errors of a check. A failed check says nothing about the run.
var (
	// ErrOrder says that the table's rows did not come in ascending order of
	// their ids, each once.
	ErrOrder = errors.New("check: the table's rows are not in ascending order")
	// ErrRow says that a row of the table cannot be compared.
	ErrRow = errors.New("check: the row cannot be compared")
	// ErrCut says that the table's rows ended too early or too late.
	ErrCut = errors.New("check: the table was not read to its end")
	// ErrClosed says that the check is over.
	ErrClosed = errors.New("check: the check is closed")
)

// MostSamples is how many bad elements of each kind are kept.
const MostSamples = 5

const defaultMemory = 1 << 20 // records: 24 MiB

// Options says what is compared and with how much memory.
type Options struct {
	Format  Format
	Element Element // where the id of an element stands, if not where the format says
	TempDir string  // for what does not fit in memory; default: the system's
	Memory  int     // elements that are sorted in memory, 24 bytes each; default 1,048,576

	// ChunkOf returns the chunk of an id. Without it no id has a chunk.
	ChunkOf func(id int64) (chunk int, ok bool)
	Chunks  int // chunks are numbered from 0 to Chunks-1

	Rows int64 // that the table is known to have; 0: not known

	// Place is where the element of a position is, in sentences; nil: the position itself.
	Place func(position uint64) string
}

// Check compares a list with the table that was loaded into it, as two
// multisets: every element counts, none is folded away.
//
// It needs memory for Memory elements and 24 bytes a chunk, however long the
// list is. Elements that equal their row are told from others by a digest of
// 64 bits, keyed anew by each check. It serves one goroutine.
type Check struct {
	options  Options
	seed     maphash.Seed
	sorter   sorter
	elements uint64
	findings Findings
	samples  samples
	broken   error // every later call returns it
}

// Row is a row of the table. Element is the row as the loader encodes it; it
// is used no longer than until the next row is asked for.
type Row struct {
	ID      int64
	Element []byte
}

// New begins a check. It has to be closed, by Finish or by Close.
func New(options Options) *Check {
	if options.Memory <= 0 {
		options.Memory = defaultMemory
	}
	if options.ChunkOf == nil {
		options.ChunkOf = func(int64) (int, bool) { return 0, false }
	}
	if options.Place == nil {
		options.Place = func(position uint64) string { return strconv.FormatUint(position, 10) }
	}
	return &Check{
		options:  options,
		seed:     maphash.MakeSeed(),
		sorter:   sorter{limit: options.Memory, parent: options.TempDir},
		findings: Findings{Chunks: make([]ChunkCount, options.Chunks)},
		samples:  samples{place: options.Place},
	}
}

// Element takes one element of the list, in any order. The first has the
// position 0.
func (c *Check) Element(element []byte) error {
	if c.broken != nil {
		return c.broken
	}
	position := c.elements
	c.elements++
	k, ok := c.options.read(c.seed, element)
	if !ok {
		c.findings.Rows.Unexpected++
		c.samples.illegible(position, element)
		return nil
	}
	if err := c.sorter.add(newRecord(k, position)); err != nil {
		return c.fail(err)
	}
	return nil
}

// ID finds the id of an element; it is false if the element has none.
func (o Options) ID(element []byte) (int64, bool) {
	k, ok := o.read(maphash.MakeSeed(), element)
	return k.id, ok
}

// read finds the id of an element, and its content.
func (o Options) read(seed maphash.Seed, element []byte) (keyed, bool) {
	if o.Element.text != "" {
		return o.Element.read(seed, element)
	}
	return o.Format.read(seed, element)
}

// Close removes what the check wrote. It may be called more than once.
func (c *Check) Close() error {
	if c.broken == nil {
		c.broken = ErrClosed
	}
	return c.sorter.close()
}

func (c *Check) fail(err error) error {
	c.broken = err
	return errors.Join(err, c.sorter.close())
}

// Finish compares the elements with the table's rows, which come in ascending
// order of their ids, and closes the check.
func (c *Check) Finish(rows iter.Seq2[Row, error]) (Findings, error) {
	if c.broken != nil {
		return Findings{}, c.broken
	}
	if err := c.compare(rows); err != nil {
		return Findings{}, c.fail(err)
	}
	c.findings.Rows.List = int64(c.elements)
	c.findings.Samples = c.samples.all()
	return c.findings, c.Close()
}

func (c *Check) compare(rows iter.Seq2[Row, error]) error {
	elements, err := c.sorter.sorted()
	if err != nil {
		return err
	}
	var before int64
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("check: read the table: %w", err)
		}
		if c.findings.Rows.Table > 0 && row.ID <= before {
			return fmt.Errorf("%w: %d after %d", ErrOrder, row.ID, before)
		}
		before = row.ID
		if err := c.strangers(elements, &row.ID); err != nil {
			return err
		}
		if err := c.row(elements, row); err != nil {
			return err
		}
	}
	if seen := c.findings.Rows.Table; c.options.Rows > 0 && seen != c.options.Rows {
		return fmt.Errorf("%w: %d rows were read, of %d", ErrCut, seen, c.options.Rows)
	}
	if err := c.strangers(elements, nil); err != nil {
		return err
	}
	c.countTorn()
	return nil
}

// strangers counts the elements below an id, or with nil all that are left. They
// belong to no row of the table.
func (c *Check) strangers(elements *merge, below *int64) error {
	for {
		r, ok := elements.peek()
		if !ok || below != nil && r.id >= *below {
			return nil
		}
		found, err := takeCopies(elements, r.id, 0)
		if err != nil {
			return err
		}
		c.findings.Rows.Unexpected += found.times
		chunk, ok := c.options.ChunkOf(r.id)
		if !ok {
			chunk = NoChunk
		}
		c.samples.stranger(r.id, chunk, found)
	}
}

func (c *Check) row(elements *merge, row Row) error {
	content, ok := c.options.Format.read(c.seed, row.Element)
	if !ok || content.id != row.ID {
		return fmt.Errorf("%w: row %d is encoded as %.80q", ErrRow, row.ID, row.Element)
	}
	chunk, ok := c.options.ChunkOf(row.ID)
	switch {
	case !ok:
		chunk = NoChunk
	case chunk < 0 || chunk >= c.options.Chunks:
		return fmt.Errorf("%w: row %d is in chunk %d of %d", ErrRow, row.ID, chunk, c.options.Chunks)
	}
	found, err := takeCopies(elements, row.ID, content.digest)
	if err != nil {
		return err
	}
	if !content.checked {
		found.wrong, found.unchecked = 0, found.times
	}
	c.findings.count(row.ID, chunk, found)
	c.samples.row(c.findings.Rows.Table, row.ID, chunk, found)
	return nil
}

// copies are the elements with one id.
type copies struct {
	times      int64
	unchecked  int64
	wrong      int64  // content differs
	first      uint64 // positions
	second     uint64
	firstWrong uint64
}

func takeCopies(elements *merge, id int64, digest uint64) (copies, error) {
	var found copies
	for {
		r, ok := elements.peek()
		if !ok || r.id != id {
			return found, nil
		}
		if _, err := elements.next(); err != nil {
			return found, err
		}
		found.add(r, digest)
	}
}

func (c *copies) add(r record, digest uint64) {
	switch c.times {
	case 0:
		c.first = r.position()
	case 1:
		c.second = r.position()
	}
	c.times++
	switch {
	case !r.checked():
		c.unchecked++
	case r.digest != digest:
		if c.wrong == 0 {
			c.firstWrong = r.position()
		}
		c.wrong++
	}
}

// countTorn counts the chunks of which a part is in the list.
func (c *Check) countTorn() {
	for _, chunk := range c.findings.Chunks {
		if chunk.Torn() {
			c.findings.Rows.TornChunks++
		}
	}
}
