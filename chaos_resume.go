package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/shlex"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/program"
	"onceover/reports/recheck"
	"onceover/reports/store"
	"onceover/scenarios"
)

// resumed is a campaign that was interrupted.
type resumed struct {
	name    string // as the user has named it
	results *reports.Results
}

// before is how long the campaign has taken until it was interrupted.
func (r *resumed) before() time.Duration {
	if r == nil {
		return 0
	}
	return format.Milliseconds(r.results.Run.DurationMS)
}

// resume prepares the rest of an interrupted campaign, as its results say that it was
// begun. What differs now is refused: the runs would not be those of one campaign.
func (c chaosCmd) resume(g *cli, s streams) (*chaos, error) {
	if given := settings(&c, "resume", "estimate", "estimate-by", "worker-cmd", "setup", "teardown", "redis-url", "mysql-dsn", "redis-image", "mysql-image"); len(given) > 0 {
		return nil, usagef("--resume takes the settings from the results, so --%s cannot be given", given[0].flag)
	}
	name := c.Resume
	dir, err := store.FolderOf(name)
	if err != nil {
		return nil, usagef("--resume: %w", err)
	}
	old, err := store.Load(filepath.Join(dir, "results.json"))
	if err == nil {
		err = recheck.Check(old)
	}
	if err != nil {
		return nil, usagef("--resume: %w", err)
	}
	if err := resumable(old); err != nil {
		return nil, usagef("--resume %s: %w", name, err)
	}
	again, err := c.asRecorded(old)
	if err != nil {
		return nil, advice{
			error: usagef("--resume %s: its results.json does not say with which settings it was begun: %w", name, err),
			try:   "begin anew", code: reports.ExitUsage,
		}
	}
	p, err := again.prepare(g, s)
	if err != nil {
		return nil, err
	}
	p.jobs = max(1, old.Config.Jobs)
	p.resumed = &resumed{name, old}
	p.folder = store.Folder{Parent: filepath.Dir(dir), Name: filepath.Base(dir)}
	p.describe()
	if then, now := recorded(old), recorded(&p.results); then != now {
		return nil, usagef("--resume %s: it was begun with other settings: %s, and now that is %s", name, then, now)
	}
	if difference := contradiction(old.Config, p.results.Config); difference != "" {
		return nil, usagef("--resume %s: its recorded command is not the one of its settings, which say %s: %s", name, difference, recorded(old))
	}
	for _, cell := range old.Cells {
		if now := p.campaign.Expected(cell.Strategy, cell.Scenario).String(); now != cell.Expected {
			return nil, usagef("--resume %s: of %s it was expected %s, and now that is %s", name, cell.ID, cell.Expected, now)
		}
	}
	p.campaign.Finished, err = judgedRuns(dir, old)
	return p, err
}

// resumable says what is against going on with a campaign.
func resumable(old *reports.Results) error {
	now := program.Tool()
	switch {
	case len(old.Parts) > 0 || old.Run.World != reports.WorldLive:
		return errors.New("it is no campaign on real servers")
	case old.Run.Status == reports.Complete:
		return errors.New("the campaign came to its end, so nothing is left to do")
	case !now.Known() || !old.Tool.Known():
		return fmt.Errorf("of the programs no more is known than version %q, so they need not be the same", now.Version)
	case old.Tool.Program() != now.Program():
		return fmt.Errorf("it was begun by %s, and this is %s; go on with that one, or begin anew", old.Tool.Program(), now.Program())
	}
	return nil
}

// recorded is a campaign's command, with the worker's secrets as a digest.
func recorded(r *reports.Results) string {
	text := format.Plain(r.Run.Replay)
	if r.Config.WorkerDigest != "" {
		text += " (worker " + r.Config.WorkerCommand() + ")"
	}
	return text
}

// contradiction says in which settings of its results a campaign differs from what its
// recorded command makes, by the names that they have in results.json.
func contradiction(recorded, made reports.Config) string {
	var all []string
	then, now := reflect.ValueOf(recorded), reflect.ValueOf(made)
	for i := range then.NumField() {
		if was, is := then.Field(i), now.Field(i); !was.Equal(is) {
			name, _, _ := strings.Cut(then.Type().Field(i).Tag.Get("json"), ",")
			all = append(all, fmt.Sprintf("%s where the command says %s", said(name, was), said(name, is)))
		}
	}
	return format.Plain(strings.Join(all, ", "))
}

func said(name string, value reflect.Value) string {
	if value.IsZero() {
		return "nothing of " + name
	}
	return fmt.Sprintf("%s=%v", name, value)
}

// asRecorded reads the command of a campaign. The addresses of servers are not in it, nor
// are the secrets of a worker's command, nor by what the rest is estimated: they are taken
// from the flags of today.
func (c chaosCmd) asRecorded(old *reports.Results) (again chaosCmd, err error) {
	words, err := shlex.Split(old.Run.Replay)
	if err != nil || len(words) < 2 {
		return again, fmt.Errorf("%q is no command", old.Run.Replay)
	}
	parser, err := kong.New(&again, kong.Exit(func(int) {}))
	if err != nil {
		return again, err
	}
	if _, err := parser.Parse(words[2:]); err != nil {
		return again, err
	}
	again.RedisURL, again.MySQLDSN, again.EstimateBy = c.RedisURL, c.MySQLDSN, c.EstimateBy
	again.programFlags = again.again(c.programFlags)
	return again, nil
}

// judgedRuns are the runs of a campaign that were judged. A run that ended just before the
// campaign did may have its verdict in its own folder alone: it counts, or a failure would
// be done again until it passes.
func judgedRuns(dir string, old *reports.Results) (func(strategy, scenario string, seed uint64) (reports.Run, bool), error) {
	type id struct {
		strategy, scenario string
		seed               uint64
	}
	runs := map[id]reports.Run{}
	files, err := filepath.Glob(filepath.Join(dir, "runs", "*", "*", "*", scenarios.VerdictFile))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		run, err := verdictIn(file)
		if err != nil {
			return nil, usagef("--resume: %w", err)
		}
		scenario := filepath.Dir(filepath.Dir(file))
		runs[id{filepath.Base(filepath.Dir(scenario)), filepath.Base(scenario), run.Seed}] = run
	}
	for _, c := range old.Cells {
		for _, run := range c.Runs {
			runs[id{c.Strategy, c.Scenario, run.Seed}] = run
		}
	}
	return func(strategy, scenario string, seed uint64) (reports.Run, bool) {
		run, done := runs[id{strategy, scenario, seed}]
		return run, done
	}, nil
}

func verdictIn(file string) (run reports.Run, err error) {
	text, err := reports.ReadAll(reports.OpenStored(file, reports.MostOfResults))
	if err != nil {
		return run, err
	}
	if err := json.Unmarshal(text, &run); err != nil {
		return run, fmt.Errorf("%s: %w", file, err)
	}
	if name := filepath.Base(filepath.Dir(file)); name != fmt.Sprint(run.Seed) {
		return run, fmt.Errorf("%s: it is the verdict of seed %d", file, run.Seed)
	}
	return run, nil
}

// enter makes the folder of the campaign, or goes back to that of the interrupted one,
// and takes it for this process.
func (p *chaos) enter() error {
	if p.resumed == nil {
		if err := p.open(p.c.Out); err != nil {
			return err
		}
		return p.hold()
	}
	p.began = time.Now()
	if err := p.hold(); err != nil {
		return err
	}
	return p.folder.Publish()
}

func (p *chaos) hold() (err error) {
	p.held, err = p.folder.Hold()
	if errors.Is(err, fs.ErrExist) {
		return usagef("--resume %s: the campaign is still running", p.folder.Path())
	}
	return err
}

// first leaves results that say that nothing was done. Those of an interrupted campaign
// say already what was.
func (p *chaos) first() error {
	if p.resumed != nil {
		return nil
	}
	return p.begin(p.results)
}

// took is how long the campaign has taken, without the time between an interruption and
// going on.
func (p *chaos) took() time.Duration { return p.resumed.before() + time.Since(p.began) }

// meet notes the versions of the servers. A campaign does not go on with others.
func (p *chaos) meet(redis, mysql string) error {
	was := &p.results.Environment
	if p.resumed != nil && (was.MySQL != "" && was.MySQL != mysql || was.Redis != "" && was.Redis != redis) {
		return usagef("--resume %s: it was begun with Redis %s and MySQL %s, and here are Redis %s and MySQL %s",
			p.resumed.name, was.Redis, was.MySQL, redis, mysql)
	}
	was.Redis, was.MySQL = redis, mysql
	return nil
}
