package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onceover/reports"
	"onceover/reports/reporttest"
	"onceover/reports/schema"
	"onceover/reports/store"
	"onceover/scenarios"
)

// The fuse: what is bad has to turn every form of a result red. It runs with every
// run of the tests, since a gate that cannot fail looks like one that passes.

// answers are what each form of a result says: true is green.
type answers map[string]bool

// answersOf reads the forms as those who use them do.
func answersOf(t *testing.T, to, stdout string) answers {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var suites struct {
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Cases    []struct {
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal([]byte(read("junit.xml")), &suites); err != nil {
		t.Fatal(err)
	}
	red := 0
	for _, c := range suites.Cases {
		if c.Failure != nil || c.Error != nil {
			red++
		}
	}
	var results struct {
		Gate reports.Gate `json:"gate"`
	}
	if err := json.Unmarshal([]byte(read("results.json")), &results); err != nil {
		t.Fatal(err)
	}
	return answers{
		"the counts of junit.xml":       suites.Failures+suites.Errors == 0,
		"the cases of junit.xml":        red == 0,
		"summary.md":                    strings.Contains(read("summary.md"), "\n## Gate: PASS\n"),
		"annotations":                   !strings.Contains(stdout, "::error "),
		"report.html":                   strings.Contains(read("report.html"), "Gate: PASS<"),
		"results.json":                  results.Gate.Status == reports.Pass,
		"the exit code of results.json": results.Gate.ExitCode == 0,
	}
}

// want fails for every form that says something else.
func (a answers) want(t *testing.T, what string, green bool) {
	t.Helper()
	for form, is := range a {
		if is != green {
			t.Errorf("%s: %s is green: %v", what, form, is)
		}
	}
}

// valid holds a results.json against its schema.
func valid(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	form, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Results))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("results", form); err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("results").Validate(document); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// The package of the schema knows nothing of scenarios, so their shapes are held
// against it here.
func TestTheSchemaKnowsTheShapesOfTables(t *testing.T) {
	var want []string
	for _, s := range scenarios.KeyLayouts() {
		want = append(want, fmt.Sprintf("%q", s))
	}
	if enum := "[" + strings.Join(want, ", ") + "]"; !bytes.Contains(schema.Results, []byte(`"shape": {"type": "string", "enum": `+enum)) {
		t.Errorf("the schema does not list %s", enum)
	}
}

func TestABrokenStrategyTurnsEverythingRed(t *testing.T) {
	for name, c := range map[string]struct {
		args     string
		expected string
		code     int
	}{
		"the published scheme":        {"-s connection-name -f calm", "safe", 1},
		"a defect":                    {"-s no-recheck-after-lock -f calm", "safe", 1},
		"a control that is missed":    {"-s lease-lua -f calm --chunks 1", "unsafe", 1},
		"a search that was too short": {"-s lease-lua -f lost-reply --budget 1ns", "safe", 3},
		"and a good one is green":     {"-s lease-lua -f calm --chunks 1", "safe", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=job.md"},
				append([]string{"explore", "--seed", "1", "--expect", "expect.yaml"}, strings.Fields(c.args)...)...)
			text := fmt.Sprintf("version: 1\nsim:\n  %s: {\"*\": %s}\n", strings.Fields(c.args)[1], c.expected)
			if err := os.WriteFile(filepath.Join(cmd.Dir, "expect.yaml"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			e := complete(t, cmd)
			e.want(t, c.code)
			out := filepath.Join(cmd.Dir, "explore-out", "latest")
			a := answersOf(t, out, e.stdout)
			job, err := os.ReadFile(filepath.Join(cmd.Dir, "job.md"))
			a["the summary of the job"] = strings.HasPrefix(string(job), "\n# Onceover: ") && strings.Contains(string(job), "\n## Gate: PASS\n")
			a["standard output"] = strings.Contains(e.stdout, "\nGate: PASS\n")
			if err != nil {
				t.Fatal(err)
			}
			a.want(t, e.stdout, c.code == 0)
			if c.code == 1 && !strings.Contains(e.stdout, ",file=expect.yaml,line=3::") {
				t.Errorf("no annotation names the line of the expectation:\n%s", e.stdout)
			}
			valid(t, filepath.Join(out, "results.json"))
		})
	}
}

// forms writes results and reads what each form says of them.
func forms(t *testing.T, r *reports.Results) answers {
	t.Helper()
	to := t.TempDir()
	var stdout bytes.Buffer
	i := invocation{
		streams: streams{&stdout, io.Discard, env(map[string]string{"GITHUB_ACTIONS": "true"})},
		folder:  store.Folder{Parent: filepath.Dir(to), Name: filepath.Base(to)},
	}
	if err := i.writer().Write(r, exitCode); err != nil {
		t.Fatal(err)
	}
	return answersOf(t, to, stdout.String())
}

func TestDamagedResultsAreNeverGreen(t *testing.T) {
	forms(t, reporttest.Passing()).want(t, "undamaged", true)
	for name, r := range reporttest.Damaged() {
		forms(t, r).want(t, name, false)
	}
}

// small are results that pass, with few fields.
func small() *reports.Results {
	r := reporttest.Passing()
	r.Cells = []reports.Cell{reporttest.FullCell("set-nx", "calm", "safe", reports.AsExpected, 1), reporttest.FullCell("none", "kill", "unsafe", reports.AsExpected, 1, reporttest.DuplicatedRun(3))}
	r.Run.Planned, r.Run.Done = 2, 2
	return r
}

func TestATruncatedFileIsNotRead(t *testing.T) {
	text, err := json.Marshal(small())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "results.json")
	for n := 0; n < len(text); n += 13 {
		if err := os.WriteFile(path, text[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Load(path); err == nil {
			t.Fatalf("%d of %d bytes were read", n, len(text))
		}
	}
}

// Whatever one value of a file is changed to, no form says yes where another says
// no; and what the answer rests on cannot be changed without losing it.
func TestAllFormsAgreeOnADamagedFile(t *testing.T) {
	text, err := json.Marshal(small())
	if err != nil {
		t.Fatal(err)
	}
	red := map[string]bool{}
	read, tried := 0, 0
	for _, value := range []any{"splendid", nil, -1.0, 0.0, 7.0, []any{}, map[string]any{}} {
		for i := 0; ; i++ {
			var document any
			if err := json.Unmarshal(text, &document); err != nil {
				t.Fatal(err)
			}
			left := i
			path, done := replace(document, "", &left, value)
			if !done {
				break
			}
			tried++
			r, err := readBack(t, document)
			if err != nil {
				red[path] = true
				continue
			}
			read++
			a := forms(t, r)
			a.want(t, fmt.Sprintf("%s is %v", path, value), a["results.json"])
			if !a["results.json"] {
				red[path] = true
			}
		}
	}
	if read < 200 || read == tried {
		t.Errorf("%d of %d damaged files were read", read, tried)
	}
	for _, path := range []string{
		"/schema", "/cells", "/run/status", "/run/runs_done", "/gate/status", "/gate/exit_code", "/cells/0", "/cells/0/state", "/cells/0/verdict",
		"/cells/0/expected", "/cells/0/runs", "/cells/0/runs/n", "/cells/0/details/0/verdict", "/cells/1/expected", "/cells/1/verdict", "/cells/1/state",
	} {
		if !red[path] {
			t.Errorf("nothing that %s is changed to loses the answer", path)
		}
	}
}

func readBack(t *testing.T, document any) (*reports.Results, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "results.json")
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return store.Load(path)
}

// replace puts a value in place of the n-th one of a document, and says where.
func replace(in any, path string, n *int, value any) (string, bool) {
	try := func(key string, inner any, set func()) (string, bool) {
		if *n == 0 {
			set()
			return path + "/" + key, true
		}
		*n--
		return replace(inner, path+"/"+key, n, value)
	}
	switch in := in.(type) {
	case map[string]any:
		for _, key := range sortedKeys(in) {
			if at, done := try(key, in[key], func() { in[key] = value }); done {
				return at, true
			}
		}
	case []any:
		for i := range in {
			if at, done := try(fmt.Sprint(i), in[i], func() { in[i] = value }); done {
				return at, true
			}
		}
	}
	return "", false
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// judgedAnew is damage that onceover report repairs: it judges by what the cells
// found, whatever was written down of that before.
var judgedAnew = map[string]bool{
	"no status of the gate": true, "a status unheard of": true, "another exit code": true, "a state unheard of": true, "no state": true,
	"a worse cell": true, "a missed control": true, "a cell not proven": true,
}

func TestDamagedResultsAreNotReportedAsGreen(t *testing.T) {
	report := func(t *testing.T, text []byte) (ended, string) {
		cmd := command(t, []string{"GITHUB_ACTIONS=true"}, "report", "results.json")
		if err := os.WriteFile(filepath.Join(cmd.Dir, "results.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		return complete(t, cmd), filepath.Join(cmd.Dir, "report-out")
	}
	written := func(r *reports.Results) []byte {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	whole := written(small())
	e, out := report(t, whole)
	e.want(t, 0)
	answersOf(t, filepath.Join(out, store.Latest), e.stdout).want(t, "undamaged", true)
	for name, text := range map[string][]byte{"empty": nil, "truncated": whole[:len(whole)/2], "another thing": []byte("[]"), "nothing in it": []byte("{}")} {
		if e, out := report(t, text); e.code != reports.ExitUsage || e.stdout != "" {
			t.Errorf("%s: exit code %d, %s", name, e.code, e.stdout)
		} else if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
	for name, r := range reporttest.DamagedOf(small) {
		e, out := report(t, written(r))
		if (e.code == 0) != judgedAnew[name] {
			t.Errorf("%s: exit code %d", name, e.code)
		}
		if _, err := os.Stat(out); err == nil {
			answersOf(t, filepath.Join(out, store.Latest), e.stdout).want(t, name, e.code == 0)
		}
	}
}
