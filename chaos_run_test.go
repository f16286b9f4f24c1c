package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/reports/store"
	"onceover/scenarios/servers"
)

// finished is a campaign that has ended with nothing found.
func finished(t *testing.T) (p *chaos, stdout *bytes.Buffer) {
	stdout = &bytes.Buffer{}
	p = &chaos{invocation: invocation{g: &cli{Color: "never"}, streams: streams{stdout: stdout, stderr: &bytes.Buffer{}, getenv: env(nil)}}}
	if err := p.open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	p.describe()
	p.results.Gate = reports.Gate{Status: reports.Unknown, ExitCode: 3}
	return p, stdout
}

func TestResultsAndProgramAgreeOnTheExitCode(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx     context.Context
		failure error
		want    int
	}{
		"it ended":           {t.Context(), nil, 3},
		"the world failed":   {t.Context(), errors.New("disk full"), 70},
		"a server is gone":   {t.Context(), servers.ErrNoEngine, 69},
		"interrupted":        {stopped, nil, 130},
		"interrupted harder": {stopped, errors.New("query: cancelled"), 130},
	} {
		t.Run(name, func(t *testing.T) {
			p, stdout := finished(t)
			if got := exitCode(p.conclude(c.ctx, nil, c.failure)); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
			r, err := store.Load(filepath.Join(p.folder.Parent, "latest", "results.json"))
			if err != nil {
				t.Fatal(err)
			}
			if r.Gate.ExitCode != c.want {
				t.Errorf("the results say %d, want %d", r.Gate.ExitCode, c.want)
			}
			if !bytes.Contains(stdout.Bytes(), []byte("\nReplay: onceover chaos ")) {
				t.Errorf("standard output: %s", stdout)
			}
		})
	}
}

func TestResultsThatCannotBeWrittenAreAnError(t *testing.T) {
	p, stdout := finished(t)
	if err := os.Remove(p.folder.Path()); err != nil {
		t.Fatal(err)
	}
	if got := exitCode(p.conclude(t.Context(), nil, nil)); got != reports.ExitBug {
		t.Errorf("exit code %d", got)
	}
	if !bytes.Contains(stdout.Bytes(), []byte("\nGate: INCONCLUSIVE")) {
		t.Errorf("what was found is lost: %s", stdout)
	}
	if bytes.Contains(stdout.Bytes(), []byte("Report: ")) {
		t.Errorf("it names a page that is not there: %s", stdout)
	}
	if there, err := os.Lstat(filepath.Join(p.folder.Parent, store.Latest)); err == nil {
		t.Errorf("it leads to nothing: %v", there)
	}
}

func TestTheResultsSayThatAnotherFileCouldNotBeWritten(t *testing.T) {
	for _, broken := range []string{"junit.xml", "report.html"} {
		p, stdout := finished(t)
		p.results.Gate = reports.Gate{Status: reports.Pass}
		inTheWay(t, filepath.Join(p.folder.Path(), broken))
		if got := exitCode(p.conclude(t.Context(), nil, nil)); got != reports.ExitBug {
			t.Errorf("%s: exit code %d", broken, got)
		}
		for _, name := range []string{"results.json", "report.html"} {
			if name == broken {
				continue
			}
			r, err := store.Load(filepath.Join(p.folder.Parent, store.Latest, name))
			if err != nil || r.Gate.ExitCode != reports.ExitBug {
				t.Errorf("without %s, %s says %+v, %v", broken, name, r, err)
			}
		}
		if got := bytes.Contains(stdout.Bytes(), []byte("Report: ")); got != (broken != "report.html") {
			t.Errorf("without %s it says\n%s", broken, stdout)
		}
		if parts, _ := filepath.Glob(filepath.Join(p.folder.Path(), "*.part")); parts != nil {
			t.Errorf("left: %q", parts)
		}
	}
}

// inTheWay is a folder where a file is to be.
func inTheWay(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// passed leaves the results of an earlier campaign that has passed.
func passed(t *testing.T) *chaos {
	t.Helper()
	p, _ := finished(t)
	p.results.Gate = reports.Gate{Status: reports.Pass}
	p.results.Run.Status = reports.Complete
	if err := p.writer().Write(&p.results, exitCode); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatHasBegunIsNewerThanWhatHasPassed(t *testing.T) {
	p := passed(t)
	if err := p.open(p.folder.Parent); err != nil {
		t.Fatal(err)
	}
	p.results.Run.Planned = 12
	wantUnfinished := func(code int) {
		t.Helper()
		r, err := store.Load(filepath.Join(p.folder.Parent, store.Latest, "results.json"))
		if err != nil || r.Run.Status != reports.Interrupted || r.Gate.Status != reports.Unknown || r.Gate.ExitCode != code {
			t.Fatalf("%v, %+v", err, r)
		}
		for name, want := range map[string]string{
			"junit.xml": "0 of 12 runs done", "summary.md": "0 of 12 runs done", "report.html": "INTERRUPTED",
		} {
			text, err := os.ReadFile(filepath.Join(p.folder.Parent, store.Latest, name))
			if err != nil || !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s: %v, it does not say %q", name, err, want)
			}
		}
	}
	if err := p.begin(p.results); err != nil {
		t.Fatal(err)
	}
	wantUnfinished(reports.ExitInterrupted)
	if got := exitCode(p.abort(servers.ErrNoEngine)); got != reports.ExitEnvironment {
		t.Errorf("exit code %d", got)
	}
	wantUnfinished(reports.ExitEnvironment)
}

func TestWhatCannotBeginLeadsToNothingOlder(t *testing.T) {
	p := passed(t)
	p.folder.Name = "is not there"
	if err := p.begin(p.results); exitCode(err) != reports.ExitBug {
		t.Errorf("%v", err)
	}
	if there, err := os.Lstat(filepath.Join(p.folder.Parent, store.Latest)); err == nil {
		t.Errorf("it leads to what has passed before: %v", there)
	}
}

// The gate fails on a cell that the expectations name and the campaign does not run.
func TestTheStandardExpectationsDemandWhatIsRun(t *testing.T) {
	for _, c := range []chaosCmd{{}, {All: true}, {Strategy: []string{"static"}}} {
		c.Rows, c.ChunkSize, c.Workers, c.TTL, c.Deadline = 4000, 50, 8, time.Second, time.Minute
		c.KeyLayout = "dense"
		p, err := c.prepare(&cli{}, streams{getenv: env(nil), stdout: io.Discard, stderr: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		for _, named := range p.campaign.Named {
			strategy, _, _ := strings.Cut(named.ID, "/")
			if !slices.Contains(p.campaign.Strategies, strategy) {
				t.Errorf("%v: %s is demanded and not run", c.Strategy, named.ID)
			}
		}
		if len(p.campaign.Named) == 0 {
			t.Errorf("%v: nothing is demanded", c.Strategy)
		}
	}
}
