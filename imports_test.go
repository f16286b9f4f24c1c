package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "onceover"

// layers are the parts of the module and the parts that each may import
// beside itself. A folder belongs to the layer with the longest name that it
// begins with; the root may import everything.
var layers = map[string][]string{
	"loader/lock":         {},
	"loader":              {"loader/lock"},
	"reports":             {},
	"faults":              {"loader", "loader/lock", "reports"},
	"sim":                 {"loader", "loader/lock", "reports", "faults"},
	"scenarios/worker":    {"loader", "loader/lock"},
	"scenarios/check":     {"reports"},
	"scenarios/target":    {"scenarios/worker"},
	"scenarios/verdict":   {"loader/lock", "reports", "scenarios/check"},
	"scenarios":           {"loader", "loader/lock", "reports", "faults"},
	"scenarios/simulated": {"loader", "loader/lock", "reports", "faults", "sim", "scenarios"},
	"scenarios/defects":   {"loader", "loader/lock", "reports", "faults", "sim"},
	"scenarios/expect":    {"loader/lock", "reports", "scenarios", "scenarios/defects"},
	"scenarios/catalogue": {"loader/lock", "reports", "sim", "scenarios", "scenarios/defects", "scenarios/simulated"},
	"scenarios/locktest":  {"loader/lock", "reports", "scenarios", "scenarios/simulated", "sim"},
	"scenarios/servers":   {},
	"scenarios/lockstep":  {"reports", "faults", "sim", "scenarios", "scenarios/worker", "scenarios/check", "scenarios/target", "scenarios/servers"},
	"scenarios/truth":     {"reports", "scenarios"},
	"scenarios/live": {
		"loader", "loader/lock", "reports", "faults",
		"scenarios", "scenarios/worker", "scenarios/check", "scenarios/target", "scenarios/verdict", "scenarios/servers",
	},
}

// besides are the parts that the tests of each part may import more than it does.
var besides = map[string][]string{
	"loader/lock":      {"loader", "scenarios/servers"}, // loader opens a strategy's client
	"loader":           {"scenarios/servers"},
	"scenarios/target": {"scenarios/servers"},
	"sim":              {"scenarios/servers"},
	"scenarios/expect": {"faults"},
	"scenarios/truth":  {"loader/lock"},
	"scenarios":        {"loader/lock", "sim"},                              // what a seed stands for is pinned for both worlds
	"scenarios/live":   {"sim", "scenarios/catalogue", "scenarios/defects"}, // what is found in one world is tried in the other
}

// timeless are the layers that take clocks and randomness from their callers.
var timeless = []string{"loader", "loader/lock", "faults", "sim"}

// dockerLibraries may be imported by the servers alone.
var dockerLibraries = []string{
	"github.com/testcontainers/", "github.com/ory/dockertest/", "github.com/moby/", "github.com/docker/",
}

// source is one file.
type source struct {
	folder, name string
	file         *ast.File
	positions    *token.FileSet
	virtual      bool // its package works in bubbles, where all time is virtual
}

func parse(name string, text any) (source, error) {
	s := source{folder: path.Dir(name), name: name, positions: token.NewFileSet()}
	var err error
	s.file, err = parser.ParseFile(s.positions, filepath.FromSlash(name), text, 0)
	if err != nil {
		return s, err
	}
	s.imported(func(p, _ string) { s.virtual = s.virtual || p == module+"/"+bubble })
	return s, nil
}

// layer returns the layer of a folder, "." for the root, "" for none.
func layer(folder string) string {
	if folder == "." {
		return folder
	}
	longest := ""
	for name := range layers {
		if (folder == name || strings.HasPrefix(folder, name+"/")) && len(name) > len(longest) {
			longest = name
		}
	}
	return longest
}

func (s source) layer() string { return layer(s.folder) }

func (s source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

// imported calls visit with each import and the name that it has in the file.
func (s source) imported(visit func(path, name string)) {
	for _, spec := range s.file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser has read it
		name := path.Base(imported)
		if name == "v2" {
			name = path.Base(path.Dir(imported))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		visit(imported, name)
	}
}

// direction: imports point one way, those of tests too.
func direction(s source) (broken []string) {
	own := s.layer()
	if own == "" {
		return []string{s.folder + " belongs to no layer"}
	}
	allowed := layers[own]
	if s.test() {
		allowed = slices.Concat(allowed, besides[own])
	}
	s.imported(func(p, _ string) {
		target, ours := strings.CutPrefix(p, module+"/")
		if !ours || own == "." {
			return
		}
		if to := layer(target); to != own && !slices.Contains(allowed, to) {
			broken = append(broken, fmt.Sprintf("%s imports %s", own, target))
		}
	})
	return broken
}

// docker: the servers alone know containers.
func docker(s source) (broken []string) {
	s.imported(func(p, _ string) {
		forbidden := slices.ContainsFunc(dockerLibraries, func(prefix string) bool { return strings.HasPrefix(p+"/", prefix) })
		if forbidden && s.layer() != "scenarios/servers" {
			broken = append(broken, fmt.Sprintf("%s imports %s", s.folder, p))
		}
	})
	return broken
}

// bubble is where virtual time comes from. It stands on testing/synctest, for
// which nothing can be had instead.
const bubble = "sim/bubble"

// untested: what is not for tests imports neither testing nor packages for tests.
func untested(s source) (broken []string) {
	s.imported(func(p, _ string) {
		forTests := p == "testing" || strings.HasPrefix(p, "testing/") || strings.HasPrefix(p, module+"/") && strings.HasSuffix(p, "test")
		switch {
		case s.test(), !forTests,
			strings.HasSuffix(s.file.Name.Name, "test"),
			s.folder == bubble && (p == "testing" || p == "testing/synctest"):
		default:
			broken = append(broken, fmt.Sprintf("%s imports %s", s.folder, p))
		}
	})
	return broken
}

// clocks are the functions of package time that read the clock or wait for it.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}

// seeded is what may be used of the packages for random numbers: generators
// whose seed is given.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

// timeIsGiven: no clock and no randomness that the caller did not hand over.
// Packages that work in bubbles may read and wait for their virtual time.
func timeIsGiven(s source) (broken []string) {
	if s.test() || !slices.Contains(timeless, s.layer()) {
		return nil
	}
	allowed := map[string]func(string) bool{} // by the package's name in the file
	s.imported(func(p, name string) {
		switch p {
		case "time":
			allowed[name] = func(f string) bool { return s.virtual || !slices.Contains(clocks, f) }
		case "math/rand", "math/rand/v2":
			allowed[name] = func(f string) bool { return slices.Contains(seeded, f) }
		case "crypto/rand":
			allowed[name] = func(string) bool { return false }
		default:
			return
		}
		if name == "." {
			broken = append(broken, fmt.Sprintf("%s imports %s without its name", s.name, p))
		}
	})
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		// A name that the file itself declares, such as a parameter, hides the package.
		if of, ok := selector.X.(*ast.Ident); ok && of.Obj == nil && allowed[of.Name] != nil && !allowed[of.Name](selector.Sel.Name) {
			broken = append(broken, fmt.Sprintf("%s: %s.%s", s.positions.Position(n.Pos()), of.Name, selector.Sel.Name))
		}
		return true
	})
	return broken
}

// Bounds of what a reader has to keep in mind at once, in lines.
const (
	longestFile     = 400
	longestFunction = 60 // tables of tests may be longer
)

// readable: files and functions stay readable.
func readable(s source) (broken []string) {
	if lines := s.positions.File(s.file.Pos()).LineCount(); lines > longestFile {
		broken = append(broken, fmt.Sprintf("%d lines in a file, more than %d", lines, longestFile))
	}
	if s.test() {
		return broken
	}
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if lines := s.positions.Position(f.End()).Line - s.positions.Position(f.Pos()).Line + 1; lines > longestFunction {
			broken = append(broken, fmt.Sprintf("%d lines in the function %s, more than %d", lines, f.Name.Name, longestFunction))
		}
	}
	return broken
}

// sources parses every file of the module, for whatever system it is built.
func sources(t *testing.T) (all []source) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s, err := parse(filepath.ToSlash(name), text)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i].virtual = slices.ContainsFunc(all, func(s source) bool { return s.virtual && !s.test() && s.folder == all[i].folder })
	}
	return all
}

func TestTheModuleKeepsItsLaws(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.layer()] = true
		for _, law := range []func(source) []string{direction, docker, untested, timeIsGiven, readable} {
			for _, broken := range law(s) {
				t.Errorf("%s: %s", s.name, broken)
			}
		}
	}
	for name := range layers {
		if !seen[name] {
			t.Errorf("no file of %s was looked at", name)
		}
	}
}

func TestEachLawIsEnforced(t *testing.T) {
	for name, c := range map[string]struct {
		law    func(source) []string
		file   string
		text   string
		broken string // part of what is said; empty: the file is good
	}{
		"a long file":               {readable, "sim/a.go", strings.Repeat("\n", longestFile+1), "401 lines in a file"},
		"a long test file":          {readable, "sim/a_test.go", strings.Repeat("\n", longestFile+1), "401 lines in a file"},
		"a long function":           {readable, "sim/a.go", "func f() {" + strings.Repeat("\n", longestFunction) + "}", "61 lines in the function f"},
		"a long test":               {readable, "sim/a_test.go", "func f() {" + strings.Repeat("\n", longestFunction) + "}", ""},
		"a full file":               {readable, "sim/a.go", strings.Repeat("\n", longestFile), ""},
		"loader needs lock":         {direction, "loader/a.go", `import "onceover/loader/lock"`, ""},
		"loader knows no reports":   {direction, "loader/a.go", `import "onceover/reports"`, "loader imports reports"},
		"lock does not look up":     {direction, "loader/lock/a.go", `import "onceover/loader"`, "loader/lock imports loader"},
		"reports stand alone":       {direction, "reports/a.go", `import "onceover/faults"`, "reports imports faults"},
		"faults need loader":        {direction, "faults/proxy/a.go", `import ("onceover/loader"; "onceover/faults/wire")`, ""},
		"faults know no sim":        {direction, "faults/wire/a.go", `import "onceover/sim"`, "faults imports sim"},
		"sim knows no scenarios":    {direction, "sim/redismodel/a.go", `import "onceover/scenarios"`, "sim imports scenarios"},
		"scenarios know no sim":     {direction, "scenarios/a.go", `import "onceover/sim/redismodel"`, "scenarios imports sim/redismodel"},
		"a search needs sim":        {direction, "scenarios/simulated/a.go", `import "onceover/sim/redismodel"`, ""},
		"scenarios know no live":    {direction, "scenarios/a.go", `import "onceover/scenarios/live"`, "scenarios imports scenarios/live"},
		"worker knows the loader":   {direction, "scenarios/worker/a.go", `import "onceover/loader"`, ""},
		"worker knows no scenarios": {direction, "scenarios/worker/a.go", `import "onceover/scenarios"`, "scenarios/worker imports scenarios"},
		"the check knows no worlds": {direction, "scenarios/check/a.go", `import "onceover/scenarios"`, "scenarios/check imports scenarios"},
		"a verdict needs the check": {direction, "scenarios/verdict/a.go", `import "onceover/scenarios/check"`, ""},
		"a verdict expects nothing": {direction, "scenarios/verdict/a.go", `import "onceover/scenarios/expect"`, "scenarios/verdict imports scenarios/expect"},
		"campaigns are told":        {direction, "scenarios/a.go", `import "onceover/scenarios/expect"`, "scenarios imports scenarios/expect"},
		"live needs all":            {direction, "scenarios/live/a.go", `import ("onceover/scenarios"; "onceover/faults/proxy"; "onceover/scenarios/servers")`, ""},
		"servers stand alone":       {direction, "scenarios/servers/serverstest/a.go", `import "onceover/faults"`, "scenarios/servers imports faults"},
		"tests use servers":         {direction, "loader/lock/a_test.go", `import "onceover/scenarios/servers/serverstest"`, ""},
		"and nothing else does":     {direction, "loader/lock/a.go", `import "onceover/scenarios/servers"`, "loader/lock imports scenarios/servers"},
		"tests know no live":        {direction, "loader/lock/a_test.go", `import "onceover/scenarios/live"`, "loader/lock imports scenarios/live"},
		"nobody needs main":         {direction, "scenarios/live/a.go", `import "onceover/cmd"`, "scenarios/live imports cmd"},
		"main needs all":            {direction, "a.go", `import "onceover/scenarios/live"`, ""},
		"a new folder has no place": {direction, "helpers/a.go", ``, "helpers belongs to no layer"},

		"servers start containers":    {docker, "scenarios/servers/a.go", `import "github.com/testcontainers/testcontainers-go"`, ""},
		"live does not":               {docker, "scenarios/live/a.go", `import "github.com/testcontainers/testcontainers-go"`, "scenarios/live imports"},
		"nor does a test":             {docker, "scenarios/live/a_test.go", `import "github.com/ory/dockertest/v3"`, "scenarios/live imports"},
		"nobody else, testcontainers": {docker, "scenarios/a.go", `import "github.com/testcontainers/testcontainers-go/log"`, "scenarios imports"},
		"nobody else, dockertest":     {docker, "sim/a.go", `import "github.com/ory/dockertest/v3"`, "sim imports"},
		"nobody else, moby":           {docker, "a.go", `import "github.com/moby/moby/api/types"`, ". imports"},
		"nobody else, docker":         {docker, "faults/a.go", `import _ "github.com/docker/docker"`, "faults imports"},

		"no testing":             {untested, "reports/a.go", `import "testing"`, "reports imports testing"},
		"no test servers":        {untested, "loader/a.go", `import "onceover/scenarios/servers/serverstest"`, "loader imports onceover/scenarios/servers/serverstest"},
		"no iotest":              {untested, "reports/a.go", `import "testing/iotest"`, "reports imports testing/iotest"},
		"bubbles need synctest":  {untested, "sim/bubble/a.go", `import ("testing"; "testing/synctest")`, ""},
		"but no more of testing": {untested, "sim/bubble/a.go", `import "testing/quick"`, "sim/bubble imports testing/quick"},
		"no testing in sim":      {untested, "sim/a.go", `import "testing"`, "sim imports testing"},
		"synctest nowhere else":  {untested, "sim/a.go", `import "testing/synctest"`, "sim imports testing/synctest"},
		"testing in a test":      {untested, "reports/a_test.go", `import "testing"`, ""},
		"testing in a test package": {untested, "scenarios/servers/serverstest/a.go", `//test
import "testing"`, ""},

		"no Now":               {timeIsGiven, "loader/a.go", `import "time"; var x = time.Now()`, "loader/a.go:1:35: time.Now"},
		"not as a value":       {timeIsGiven, "loader/lock/a.go", `import "time"; var sleep = time.Sleep`, "time.Sleep"},
		"not by another name":  {timeIsGiven, "faults/a.go", `import clock "time"; var x = clock.NewTimer(1)`, "clock.NewTimer"},
		"not without a name":   {timeIsGiven, "faults/a.go", `import . "time"; var x = Now()`, "without its name"},
		"durations are good":   {timeIsGiven, "sim/a.go", `import "time"; func f(now func() time.Time) time.Time { return now().Add(time.Second) }`, ""},
		"a parameter is good":  {timeIsGiven, "sim/a.go", `import "time"; func f(time interface{ Now() int }) int { return time.Now() }; var _ time.Time`, ""},
		"no global numbers":    {timeIsGiven, "sim/redismodel/a.go", `import "math/rand/v2"; var x = rand.IntN(3)`, "rand.IntN"},
		"of neither version":   {timeIsGiven, "faults/a.go", `import "math/rand"; var x = rand.Intn(3)`, "rand.Intn"},
		"nor true randomness":  {timeIsGiven, "loader/a.go", `import "crypto/rand"; var x = rand.Text()`, "rand.Text"},
		"a seed is good":       {timeIsGiven, "faults/a.go", `import "math/rand/v2"; func f(s uint64) int { r := rand.New(rand.NewPCG(s, 0)); return r.IntN(3) }`, ""},
		"bubbles have a clock": {timeIsGiven, "sim/a.go", `import ("time"; "onceover/sim/bubble"); func f() { bubble.Wait(); time.Sleep(1) }`, ""},
		"but no randomness":    {timeIsGiven, "sim/a.go", `import ("math/rand/v2"; "onceover/sim/bubble"); func f() int { bubble.Wait(); return rand.Int() }`, "rand.Int"},
		"tests have a clock":   {timeIsGiven, "sim/a_test.go", `import "time"; var x = time.Now()`, ""},
		"live has a clock":     {timeIsGiven, "scenarios/live/a.go", `import "time"; var x = time.Now()`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			name, text := "package a", c.text
			if rest, ok := strings.CutPrefix(text, "//test\n"); ok {
				name, text = "package serverstest", rest
			}
			s, err := parse(c.file, name+"; "+text)
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Join(c.law(s), "\n")
			if (c.broken == "") != (said == "") || !strings.Contains(said, c.broken) {
				t.Errorf("it says %q, want %q", said, c.broken)
			}
		})
	}
}
