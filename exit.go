package main

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/reports"
	"onceover/reports/unknown"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/live"
	"onceover/scenarios/servers"
	"onceover/scenarios/target"
)

// exitOf gives each kind of bad input its own code.
var exitOf = map[loader.Problem]int{
	loader.NoTable:       10,
	loader.NoKey:         11,
	loader.NoColumn:      12,
	loader.WrongListType: 13,
	loader.ForeignPlan:   14,
	loader.BadChunkSize:  15,
	loader.TooManyChunks: 16,
	loader.AccessDenied:  17,
	loader.TableChanged:  18,
	loader.ListChanged:   19,
	loader.Evicts:        20,
	loader.BadText:       21,
	loader.TooOld:        22,
	loader.Unready:       23,
	loader.Limited:       24,
	loader.TooLarge:      25,
	loader.Unfit:         26,
	loader.Differs:       27,
	loader.SnapshotLost:  28,
	loader.BadJob:        reports.ExitUsage,
	loader.Unreachable:   reports.ExitEnvironment,
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// advice is an error with a cure.
type advice struct {
	error
	try  string
	code int
}

func (a advice) Unwrap() error { return a.error }

// gateError ends a campaign whose results were printed already.
type gateError struct{ code int }

func (e gateError) Error() string { return fmt.Sprintf("gate: exit code %d", e.code) }

func exitCode(err error) int {
	code, _ := diagnose(err)
	return code
}

// diagnose returns the exit code of an error, and what the user can do about it, or "".
func diagnose(err error) (code int, try string) {
	var (
		verdict gateError
		advised advice
		parse   *kong.ParseError
		foreign *unknown.Name
		usage   usageError
		problem *loader.Error
	)
	switch {
	case errors.As(err, &verdict):
		return verdict.code, ""
	case errors.Is(err, context.Canceled):
		return reports.ExitInterrupted, ""
	case errors.As(err, &foreign):
		return reports.ExitUsage, nameFor(foreign)
	case errors.As(err, &advised):
		return advised.code, advised.try
	case errors.As(err, &parse):
		return reports.ExitUsage, helpFor(parse.Context)
	case errors.Is(err, live.ErrWorker):
		return reports.ExitUsage, "run the program by hand; environment variables tell it everything (README, A worker in another language)"
	case errors.Is(err, live.ErrTable):
		return reports.ExitUsage, "run the file by hand on an empty database; --table and --id name what it makes"
	case errors.Is(err, target.ErrTooMany):
		return reports.ExitUsage, "fewer chunks (--chunk-size, --chunks), or names without {chunk}"
	case errors.Is(err, live.ErrSetup):
		return reports.ExitUsage, "run the command of --setup by hand; it is told the same as a worker (README, A worker in another language)"
	case errors.Is(err, live.ErrLeftBehind):
		return reports.ExitUsage, "let a worker wait for everything that it starts, or start nothing in a session of its own"
	case errors.As(err, &usage):
		return reports.ExitUsage, ""
	case errors.As(err, &problem):
		return exitOf[problem.Problem], problem.Try
	case errors.Is(err, servers.ErrNoEngine):
		return reports.ExitEnvironment, servers.Cure(err) + " (onceover doctor looks at it), or name servers that run: --redis-url and --mysql-dsn"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return reports.ExitEnvironment, "allow more open files (ulimit -n 4096), or use fewer --workers"
	case denied(err):
		return reports.ExitEnvironment, "give the logins what is needed: CREATE, DROP, INSERT and SELECT in MySQL; in Redis every command on the keys ~onceover_* and ~{onceover_*"
	case unavailable(err):
		return reports.ExitEnvironment, ""
	}
	return reports.ExitBug, ""
}

// nameFor says which names may have been meant, and where all of them stand.
func nameFor(n *unknown.Name) string {
	list := "onceover list " + map[string]string{"strategy": "strategies", "scenario": "scenarios", "fault": "faults"}[n.Kind]
	if choice := n.Choice(); choice != "" {
		return choice + "; all of them: " + list
	}
	return list
}

// denied tells whether a server refused what the login has no right to: Redis' NOPERM,
// and MySQL's ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR and
// ER_SPECIFIC_ACCESS_DENIED_ERROR.
func denied(err error) bool {
	var refused *mysql.MySQLError
	var lacks *live.NoRightError
	return errors.As(err, &lacks) || errors.As(err, &refused) && slices.Contains([]uint16{1044, 1142, 1227}, refused.Number) ||
		redis.HasErrorPrefix(err, "NOPERM")
}

// unavailable tells whether a server went away. It does not ask for net.Error, which
// errors of the file system implement too.
func unavailable(err error) bool {
	var operation *net.OpError
	var name *net.DNSError
	return errors.As(err, &operation) || errors.As(err, &name) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn)
}

// helpFor says what could have been meant, or how to ask for the help of the command
// that was.
func helpFor(c *kong.Context) string {
	command := c.Selected()
	if command == nil { // perhaps something was taken for a command
		help := c.Model.Name + " --help"
		if !slices.ContainsFunc(c.Args, func(word string) bool { return !strings.HasPrefix(word, "-") }) {
			return help
		}
		commands := catalogue.NamesOf(c.Model.Children, func(n *kong.Node) string { return n.Name })
		return "one of " + strings.Join(commands, ", ") + ": " + help
	}
	for _, p := range command.Positional {
		if p.Enum == "" {
			continue
		}
		if !p.Set {
			return command.FullPath() + " " + strings.ReplaceAll(p.Enum, ",", "|")
		}
		known := strings.Split(p.Enum, ",")
		for _, word := range c.Args[slices.Index(c.Args, command.Name)+1:] {
			given := unknown.Name{Name: word, Known: known}
			if meant := given.Meant(); len(meant) == 1 && !slices.Contains(known, word) {
				return command.FullPath() + " " + meant[0]
			}
		}
	}
	return command.FullPath() + " --help"
}
