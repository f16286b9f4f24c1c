package loader

import "fmt"

// Problem is a kind of bad input or bad surroundings that a user can mend.
type Problem int

const (
	NoTable       Problem = iota + 1 // the table does not exist
	NoKey                            // no primary key of one integer column
	NoColumn                         // a column that was named does not exist
	WrongListType                    // the list's key, or one beside it, holds something else
	ForeignPlan                      // Redis holds the plan or the bitmap of another job
	BadChunkSize                     // outside the range
	TooManyChunks                    // more than a job may have
	Unreachable                      // a server does not answer
	AccessDenied                     // a server refuses the user or the password
	BadJob                           // a name is missing or malformed
)

// Error tells what is wrong and what to do about it.
type Error struct {
	Problem Problem
	What    string
	Try     string // a cure, may be empty
	Err     error  // the cause, may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.What, e.Err)
	}
	return e.What
}

func (e *Error) Unwrap() error { return e.Err }
