package loader

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"onceover/loader/lock"
)

// Bounds and defaults of a job.
const (
	// DefaultChunkSize costs about five per cent over one scan of the whole
	// table, and keeps a commit to a few milliseconds of the Redis server.
	DefaultChunkSize = 5_000
	MaxChunkSize     = 100_000
	// MaxChunks bounds a plan that every worker holds in memory and walks. A
	// Redis bitmap would hold 2^32.
	MaxChunks = 1 << 24
)

// Job says what is moved where.
type Job struct {
	Table     string   `json:"table"`             // name, or database.name
	Columns   []string `json:"columns,omitempty"` // empty: all that are visible
	Base64    []string `json:"base64,omitempty"`  // columns whose bytes are loaded
	Key       []string `json:"key,omitempty"`     // a unique index, or its columns; empty: the primary key, or else any that is unique
	Where     string   `json:"where,omitempty"`   // of the rows that are loaded, as SQL; empty: all
	List      string   `json:"list"`              // key of the target
	Right     bool     `json:"right,omitempty"`   // rows are pushed to the right end of the list, and not to the left
	Stream    bool     `json:"stream,omitempty"`  // the target is a stream, and not a list
	AnyServer bool     `json:"-"`                 // whichever MySQL server answers has the same table: replicas, a failover
	ChunkSize int      `json:"chunk_size"`        // rows, or width of the key range; 0: DefaultChunkSize
}

func (j Job) withDefaults() Job {
	if j.ChunkSize == 0 {
		j.ChunkSize = DefaultChunkSize
	}
	return j
}

func (j Job) validate() error {
	switch {
	case j.Table == "":
		return &Error{Problem: BadJob, What: "no table is named", Try: "--table NAME"}
	case j.List == "":
		return &Error{Problem: BadJob, What: "no list and no stream is named", Try: "--list KEY, or --stream KEY"}
	case j.Stream && j.Right:
		return &Error{Problem: BadJob, What: "--push names an end of a list, and a stream has only one", Try: "--stream without --push"}
	case !utf8.ValidString(j.Table) || !utf8.ValidString(j.List):
		// The plan is JSON, which would not give back such a name.
		return &Error{Problem: BadJob, What: "the name of the table or of the " + j.Kind() + " is not valid UTF-8", Try: "another name"}
	case j.Where != "" && checkWhere(j.Where) != nil:
		return badWhere("the condition --where cannot be used: it "+checkWhere(j.Where).Error(), nil)
	case j.ChunkSize < 1 || j.ChunkSize > MaxChunkSize:
		return &Error{
			Problem: BadChunkSize,
			What:    fmt.Sprintf("chunk size %d is out of range", j.ChunkSize),
			Try:     fmt.Sprintf("a chunk size from 1 to %d", MaxChunkSize),
		}
	}
	return nil
}

// Keys names what the job keeps in Redis.
func (j Job) Keys() lock.Keys {
	keys := lock.KeysFor(j.List)
	keys.Right, keys.Stream = j.Right, j.Stream
	return keys
}

// Kind is what the target is: a list or a stream.
func (j Job) Kind() string {
	if j.Stream {
		return "stream"
	}
	return "list"
}

// Target is the target for a reader.
func (j Job) Target() string { return j.Kind() + " " + j.List }

// another is what helps where the target cannot be used.
func (j Job) another() string { return "another --" + j.Kind() }

// startAnew is what helps where nothing else does.
func (j Job) startAnew() string {
	return "delete the " + j.Kind() + " and the keys beside it, and load anew"
}

// quoted is the table's name as SQL.
func (j Job) quoted() string {
	parts := strings.SplitN(j.Table, ".", 2)
	for i, p := range parts {
		parts[i] = quoteName(p)
	}
	return strings.Join(parts, ".")
}

func quoteName(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}
