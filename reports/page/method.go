package page

import (
	"fmt"
	"slices"
	"time"

	"onceover/reports"
	"onceover/reports/format"
)

// methodView holds the configuration, the meaning of the words and the limits of the numbers.
type methodView struct {
	Answer    string
	Parts     []string    // names of the columns of Facts
	Facts     []factRow   // one value for each part
	Scenarios []sceneView // explained
	Expected  string
	Left      []string // the parts that are not on the page
}

type factRow struct {
	Name   string
	Values []string
}

type sceneView struct {
	Anchor, Name, Summary, Sim string
}

func (s *source) method() methodView {
	v := methodView{Expected: s.Gate.Expected, Left: s.left}
	for i, part := range s.parts {
		v.Parts = append(v.Parts, fmt.Sprintf("part %d, %s", i+1, worldName(part.Run.World)))
		v.addFacts(i, len(s.parts), partFacts(part))
	}
	if len(s.parts) == 1 {
		v.Parts = []string{"value"}
	}
	v.Facts = slices.DeleteFunc(v.Facts, func(f factRow) bool {
		return !slices.ContainsFunc(f.Values, func(text string) bool { return text != "" })
	})
	for i, name := range s.scenarios {
		v.Scenarios = append(v.Scenarios, s.scene(i, name))
	}
	v.Answer = s.methodAnswer(len(s.parts))
	return v
}

func (s *source) methodAnswer(parts int) string {
	if parts > 1 {
		return fmt.Sprintf("Results of %d campaigns, put together. The numbers speak of what was tried here, and of nothing else.", parts)
	}
	return "One campaign. The numbers speak of what was tried here, and of nothing else."
}

func (v *methodView) addFacts(part, of int, facts []factView) {
	for i, f := range facts {
		if part == 0 {
			v.Facts = append(v.Facts, factRow{f.Name, make([]string, of)})
		}
		v.Facts[i].Values[part] = f.Value
	}
}

func (s *source) scene(i int, name string) sceneView {
	v := sceneView{Anchor: scenarioAnchor(i), Name: name}
	if at := slices.IndexFunc(s.Results.Scenarios, func(t reports.ScenarioText) bool { return t.Name == name }); at >= 0 {
		v.Summary, v.Sim = s.Results.Scenarios[at].Summary, s.Results.Scenarios[at].Sim
	}
	return v
}

// partFacts always has the same names, in the same order.
func partFacts(p reports.Part) []factView {
	started := ""
	if !p.Run.Started.IsZero() {
		started = p.Run.Started.UTC().Format(time.RFC3339)
	}
	return []factView{
		{"world", worldName(p.Run.World)},
		{"run", p.Run.ID},
		{"status", string(p.Run.Status)},
		{"started", started},
		{"duration", format.Duration(format.Milliseconds(p.Run.DurationMS))},
		{"seed", fmt.Sprint(p.Config.Seed)},
		{"runs per cell", format.Thousands(int64(p.Config.Runs))},
		{"rows", format.Thousands(int64(p.Config.Rows))},
		{"chunk size", format.Thousands(int64(p.Config.ChunkSize))},
		{"workers", format.Thousands(int64(p.Config.Workers))},
		{"lease of locks", format.Duration(format.Milliseconds(p.Config.TTLMS))},
		{"worker command", p.Config.WorkerCommand()},
		{"MySQL", p.Environment.MySQL},
		{"Redis", p.Environment.Redis},
		{"Go", p.Environment.Go},
		{"system", fmt.Sprintf("%s, %s", p.Environment.OS, format.Plural(p.Environment.CPUs, "CPU", "CPUs"))},
		{"program", toolName(p.Tool)},
		{"folder", p.Folder},
		{"run it again", p.Run.Replay},
	}
}
