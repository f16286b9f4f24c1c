package main

import (
	"errors"
	"os"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/worker"
)

// mostLockServers is more than anybody asks for a quorum.
const mostLockServers = 9

// setWorkers decides which program the workers are. It has to know the servers.
func (p *chaos) setWorkers() error {
	own, err := os.Executable()
	if err != nil {
		return err
	}
	p.options.OwnWorker = []string{own, "worker"}
	if n := p.c.LockServers; n < 0 || n > mostLockServers {
		return usagef("--lock-servers %d: from 0 to %d", n, mostLockServers)
	}
	if p.c.WorkerCmd == "" {
		if p.c.LockServers > 0 {
			return usagef("--lock-servers are for --worker-cmd: strategies of the catalogue get as many as they need")
		}
		if p.c.Element != "" {
			return usagef("--element is for --worker-cmd: what Onceover's own workers write is known")
		}
		return nil
	}
	if len(p.c.Strategy) > 0 {
		return usagef("--worker-cmd brings a strategy of its own, so --strategy cannot be given")
	}
	p.options.Worker, err = readCommand("worker-cmd", p.c.WorkerCmd, p.options.Passwords())
	if err != nil {
		return err
	}
	if p.c.Element != "" {
		if p.options.Element, err = check.ParseElement(p.c.Element); err != nil {
			return advice{error: usagef("--element: %w", err), try: check.Forms, code: reports.ExitUsage}
		}
	}
	p.options.Locks = p.c.LockServers
	p.campaign.Strategies = []string{scenarios.External}
	return nil
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
