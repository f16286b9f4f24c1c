// Onceover moves a MySQL table into a Redis list with many workers, and
// settles whether a way of locking the chunks loses or duplicates rows.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/program"
)

// cli is the command line. Its fields are its documentation.
type cli struct {
	Chaos   chaosCmd   `cmd:"" help:"Run the lock strategies on real servers while workers and servers are killed, and judge them."`
	Explore exploreCmd `cmd:"" help:"Search the interleavings and faults of a small job in a simulated world, and draw the smallest counterexample."`
	Replay  replayCmd  `cmd:"" help:"Repeat a counterexample that explore has stored, and draw it."`
	Report  reportCmd  `cmd:"" help:"Judge and show stored results anew, several of them as one."`
	Diff    diffCmd    `cmd:"" help:"Compare two results: which cells are worse, gone or better, and which costs have risen."`
	Truth   truthCmd   `cmd:"" help:"Set what was predicted of each cell beside what was found, in both worlds."`
	Load    loadCmd    `cmd:"" help:"Move a table into a list, once."`
	List    listCmd    `cmd:"" help:"List strategies, faults, scenarios or cells."`
	Doctor  doctorCmd  `cmd:"" help:"Check whether this machine has what chaos needs, or what a program of your own does wrong, and say the cure."`
	Images  imagesCmd  `cmd:"" help:"Build the Redis and MySQL images from Debian packages."`
	Worker  workerCmd  `cmd:"" help:"Run one worker, which the environment configures (see README)."`

	Color    string           `enum:"auto,always,never" default:"auto" placeholder:"WHEN" help:"Colour: auto, always or never (default auto)."`
	Progress string           `enum:"auto,bar,lines,none" default:"auto" placeholder:"FORM" help:"Progress on standard error: auto, bar, lines or none (default auto)."`
	Version  kong.VersionFlag `help:"Print the version."`
}

const description = `Moves a MySQL table into a Redis list with many workers, and settles whether a way of locking loses or duplicates rows.

Examples:
  onceover chaos                             the usual strategies, scenarios
  onceover chaos --strategy connection-name  one strategy
  onceover chaos --require 1%                enough runs to prove that much
  onceover chaos --worker-cmd ./my-loader    a loader in any language
  onceover report chaos-out explore-out      what was found, on one page
  onceover list scenarios
  onceover load --table orders --list orders \
    --redis-url redis://127.0.0.1 --mysql-dsn 'me@tcp(127.0.0.1)/shop'

Exit codes: 0 passed, loaded, or a shard without a failure; 1 a violation, a control that was missed, a cell that is gone, or a load that is not complete; 2 wrong usage or input; 3 not proven; 4 no scenario can take place; 5 only costs have regressed (diff --fail-on cost); 10-28 bad input of a load, a server that refuses one, or a table or list that has changed (see README); 69 a server or the Docker engine is missing; 70 Onceover itself failed; 130 interrupted.`

// streams are where a command reads its surroundings and writes its output.
type streams struct {
	stdout, stderr io.Writer
	getenv         func(string) string
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // writes fail in its stead; see pipeTolerant
	return execute(interruptible, args, streams{pipeTolerant{os.Stdout}, pipeTolerant{os.Stderr}, os.Getenv})
}

// interruption begins to catch signals, for a command that has more to end than itself only in
// some cases. Until then the first signal ends it.
type interruption func() context.Context

// interruptible is the context of a command that stops its work when it is
// interrupted. A command that asks for none is ended by the first signal, whatever it
// waits for.
func interruptible() context.Context {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	// After the first interrupt the second one ends the program at once.
	context.AfterFunc(ctx, func() {
		time.Sleep(oneInterrupt)
		stop()
	})
	return ctx
}

// oneInterrupt is how far apart two signals are that are meant as two. The command
// timeout, and a terminal whose program passes its signals on, send one twice.
const oneInterrupt = 300 * time.Millisecond

// exit is how kong's own help and version end the program, without ending it.
type exit struct{ code int }

func execute(ctx func() context.Context, args []string, s streams) (code int) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exit:
			code = r.code
		default:
			fmt.Fprintf(s.stderr, "error: a bug in onceover %s: %v\n%s", program.Version(), r, debug.Stack())
			code = reports.ExitBug
		}
	}()
	s.stdout, s.stderr = orderless{s.stdout}, orderless{s.stderr}
	s.share()
	var c cli
	parser, err := newParser(ctx, &c, s)
	if err != nil {
		return report(s.stderr, err)
	}
	if len(args) == 0 {
		args = helpAndFail(parser, s)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return report(s.stderr, usageError{err})
	}
	if err := refuseEmpty(parsed); err != nil {
		return report(s.stderr, err)
	}
	return report(s.stderr, parsed.Run(&c))
}

// helpAndFail lets the help be printed as what is wrong: a script that has lost its arguments must not pass.
func helpAndFail(parser *kong.Kong, s streams) (args []string) {
	parser.Stdout, parser.Exit = s.stderr, func(int) { panic(exit{reports.ExitUsage}) }
	return []string{"--help"}
}

// refuseEmpty refuses an optional flag that is given with an empty value, which most of
// the time is the output of a failed command, and must not count as not given.
func refuseEmpty(parsed *kong.Context) error {
	for _, part := range parsed.Path {
		f := part.Flag
		if f == nil || f.Required {
			continue
		}
		if kind := f.Target.Kind(); (kind == reflect.String || kind == reflect.Slice) && f.Target.Len() == 0 {
			return advice{
				error: usagef("--%s is given, and empty", f.Name),
				try:   "leave it out, or find out why its value is empty" + map[string]string{"faults": "; a counterexample without faults has no plan"}[f.Name], code: reports.ExitUsage,
			}
		}
	}
	return nil
}

func newParser(ctx func() context.Context, c *cli, s streams) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("onceover"), kong.Description(description),
		kong.Writers(s.stdout, s.stderr), kong.Exit(func(code int) { panic(exit{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.ExplicitGroups(loadGroups),
		kong.Vars{
			"version": program.Line(), "chunkSize": strconv.Itoa(loader.DefaultChunkSize),
			"maxChunkSize": strconv.Itoa(loader.MaxChunkSize), "strategy": lock.Default().Name,
			"chunkBytes": strconv.Itoa(loader.DefaultChunkBytes),
			"ttl":        loader.DefaultTTL.String(), "patience": loader.DefaultPatience.String(),
		},
		kong.BindSingletonProvider(ctx), kong.Bind(s, interruption(ctx)),
	)
}

// report prints what went wrong, and on a line of its own what to do about it,
// and returns the exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return reports.ExitPass
	}
	code, try := diagnose(err)
	var verdict gateError
	switch {
	case errors.As(err, &verdict):
	case code == reports.ExitInterrupted:
		fmt.Fprintln(stderr, "interrupted")
	default:
		lines := reports.Each(strings.Split(err.Error(), "\n"), format.Plain)
		fmt.Fprintf(stderr, "error: %s\n", strings.Join(lines, "\n       "))
		if try != "" {
			fmt.Fprintf(stderr, "try: %s\n", format.Plain(try))
		}
	}
	return code
}
