package main

import (
	"cmp"
	"errors"
	"os"
	"strings"

	"onceover/reports"
	"onceover/reports/secret"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/worker"
)

// programFlags say which program is to be judged, in place of Onceover's own worker.
type programFlags struct {
	WorkerCmd string `placeholder:"COMMAND" help:"A worker of your own, under the contract in the README, in place of Onceover's. It must start the loader itself, best with exec: a fault that does not reach the loader (docker run, ssh, a service) counts as not seen. The command is recorded in all results: give it secrets by the environment. {redis_host}, {table} and others stand for what a worker is told (see README)."`

	Element string `placeholder:"WHERE" help:"Where the id stands in an element that --worker-cmd writes: value, json:PATH as json:.order.id, or regexp:PATTERN, whose first group it is, as 'regexp:^row-(\\d+)$'. Default: the field id of a JSON object, or the bare id."`

	targetFlags

	Setup    string `placeholder:"COMMAND" help:"Run once before the workers of each run of --worker-cmd start, told the same as they, but of the servers themselves. If it fails, the run is inconclusive. It writes to setup.log in the run's folder."`
	Teardown string `placeholder:"COMMAND" help:"The same, once after the workers have ended and the list was read, also if a run is given up."`

	Schema string `placeholder:"FILE" help:"SQL that makes and fills a table of your own, in place of the standard one, for --worker-cmd on MySQL in a container. Everything in the database is made anew for each run. It needs --table and --id, and decides on the number of rows."`
	Table  string `placeholder:"NAME" help:"The table of --schema that the workers move."`
	ID     string `name:"id" placeholder:"COLUMN" help:"Its column of integers that tells rows apart, which the elements of the list hold."`

	LockServers int `placeholder:"N" help:"Lock servers for --worker-cmd, whose LOCK_REDIS_URLS names them: Redises of their own, in containers. Strategies of the catalogue get as many as they need."`
}

// mostLockServers is more than anybody asks for a quorum.
const mostLockServers = 9

// setWorkers decides which program the workers are. It has to know the servers.
func (p *chaos) setWorkers() error {
	own, err := os.Executable()
	if err != nil {
		return err
	}
	p.options.OwnWorker = []string{own, "worker"}
	if p.c.WorkerCmd != "" && len(p.c.Strategy) > 0 {
		return usagef("--worker-cmd brings a strategy of its own, so --strategy cannot be given")
	}
	if err := p.c.programFlags.read(&p.options); err != nil || p.c.WorkerCmd == "" {
		return err
	}
	p.campaign.Strategies = []string{scenarios.External}
	if _, err := p.options.Target.Of(worker.Contract{Workers: p.c.Workers, Chunks: p.chunks()}); err != nil && p.options.Own == nil {
		return err
	}
	for _, s := range p.settings() {
		if p.options.Own != nil && (s.flag == "rows" || s.flag == "shape") {
			return usagef("--schema makes the rows, so --%s cannot be given", s.flag)
		}
	}
	return nil
}

// read refuses what cannot be. The servers have to be known, which may have passwords.
func (f programFlags) read(o *live.Options) (err error) {
	if n := f.LockServers; n < 0 || n > mostLockServers {
		return usagef("--lock-servers %d: from 0 to %d", n, mostLockServers)
	}
	if f.WorkerCmd == "" {
		switch {
		case f.LockServers > 0:
			return usagef("--lock-servers are for --worker-cmd: strategies of the catalogue get as many as they need")
		case f.targetFlags.given() != "":
			return usagef("%s is for --worker-cmd: Onceover's own workers fill one list", f.targetFlags.given())
		case f.Element != "":
			return usagef("--element is for --worker-cmd: what Onceover's own workers write is known")
		case f.Schema+f.Table+f.ID != "":
			return usagef("--schema, --table and --id are for --worker-cmd: Onceover's own workers move the standard table")
		case f.Setup != "" || f.Teardown != "":
			return usagef("--%s is for --worker-cmd: Onceover's own workers need none", map[bool]string{true: "setup", false: "teardown"}[f.Setup != ""])
		}
		return nil
	}
	o.Locks = f.LockServers
	if o.Element, err = readElement(f.Element); err != nil {
		return err
	}
	if o.Target, err = f.targetFlags.read(); err != nil {
		return err
	}
	if o.Redis != nil && !o.Target.Own() {
		return advice{
			error: usagef("--list: on a server that runs already each name has to begin with {list} or {run}: the keys of a run are deleted"),
			try:   "'{list}:a' in place of a, or a Redis in a container", code: reports.ExitUsage,
		}
	}
	if o.Own, err = f.ownTable(o.MySQL != nil); err != nil {
		return err
	}
	if o.Worker, err = readCommand("worker-cmd", f.WorkerCmd, o.Passwords()); err != nil {
		return err
	}
	if o.SetUp, err = readAround("setup", f.Setup, o.Passwords()); err != nil {
		return err
	}
	o.TearDown, err = readAround("teardown", f.Teardown, o.Passwords())
	return err
}

// readAround reads a command that is not that of a single worker.
func readAround(flag, text string, passwords worker.Passwords) (worker.Command, error) {
	if text == "" {
		return nil, nil
	}
	command, err := readCommand(flag, text, passwords)
	if err == nil && command.Uses("worker") {
		return nil, usagef("--%s runs once for all workers, so {worker} stands for nothing", flag)
	}
	return command, err
}

// masked are the flags as they are recorded.
func (f programFlags) masked() programFlags {
	f.WorkerCmd, f.Setup, f.Teardown = secret.Mask(f.WorkerCmd), secret.Mask(f.Setup), secret.Mask(f.Teardown)
	return f
}

// digest tells commands apart that are recorded alike.
func (f programFlags) digest() string {
	return secret.Digest(strings.TrimRight(strings.Join([]string{f.WorkerCmd, f.Setup, f.Teardown}, "\n"), "\n"))
}

// again are the recorded flags, with the commands whose secrets were not recorded.
func (f programFlags) again(now programFlags) programFlags {
	f.WorkerCmd, f.Setup, f.Teardown = cmp.Or(now.WorkerCmd, f.WorkerCmd), cmp.Or(now.Setup, f.Setup), cmp.Or(now.Teardown, f.Teardown)
	return f
}

// readCommand reads a command line of the user's. It is shown to every user of the machine,
// so that it may not stand for an address with one of the passwords.
func readCommand(flag, text string, passwords worker.Passwords) (worker.Command, error) {
	command, err := worker.ParseCommand(text)
	if err == nil {
		err = command.Refuse(passwords)
	}
	var misuse *worker.Misuse
	if !errors.As(err, &misuse) {
		return command, err
	}
	wrong := usagef("--%s: %w", flag, err)
	if misuse.Try == "" {
		return nil, wrong
	}
	return nil, advice{error: wrong, try: misuse.Try, code: reports.ExitUsage}
}
