package page

import (
	"fmt"
	"slices"
	"time"

	"onceover/reports"
	"onceover/reports/format"
)

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
	Anchor string
	reports.ScenarioText
}

func (s *source) method() methodView {
	const limits = " The numbers speak of what was tried here, and of nothing else."
	v := methodView{Answer: "One campaign." + limits, Expected: s.Gate.Expected, Left: s.left, Parts: []string{"value"}}
	if n := len(s.parts); n > 1 {
		v.Answer, v.Parts = fmt.Sprintf("Results of %d campaigns, put together.", n)+limits, nil
		for i, part := range s.parts {
			v.Parts = append(v.Parts, fmt.Sprintf("part %d, %s", i+1, worldName(part.Run.World)))
		}
	}
	if text := s.unmeasured(); text != "" {
		v.Answer += " " + text
	}
	for _, fact := range facts {
		row := factRow{fact.name, reports.Each(s.parts, fact.of)}
		if slices.ContainsFunc(row.Values, func(text string) bool { return text != "" }) {
			v.Facts = append(v.Facts, row)
		}
	}
	for i, name := range s.scenarios {
		v.Scenarios = append(v.Scenarios, sceneView{scenarioAnchor(i), s.scenarioText(name)})
	}
	return v
}

// facts are what the page says of each part of the results.
var facts = []struct {
	name string
	of   func(reports.Part) string
}{
	{"world", func(p reports.Part) string { return worldName(p.Run.World) }},
	{"run", func(p reports.Part) string { return p.Run.ID }},
	{"shard", func(p reports.Part) string { return p.Run.Shard }},
	{"status", func(p reports.Part) string { return string(p.Run.Status) }},
	{"started", func(p reports.Part) string { return started(p.Run.Started) }},
	{"duration", func(p reports.Part) string { return format.Duration(format.Milliseconds(p.Run.DurationMS)) }},
	{"seed", func(p reports.Part) string { return fmt.Sprint(p.Config.Seed) }},
	{"runs per cell", func(p reports.Part) string { return format.Thousands(p.Config.Runs) }},
	{"runs per cell that need not be safe", func(p reports.Part) string { return several(p.Config.Others) }},
	{"runs spared", func(p reports.Part) string { return several(p.Run.Spared) }},
	{"runs at a time", func(p reports.Part) string { return several(p.Config.Jobs) }},
	{"rows", func(p reports.Part) string { return format.Thousands(p.Config.Rows) }},
	{"chunk size", func(p reports.Part) string { return format.Thousands(p.Config.ChunkSize) }},
	{"workers", func(p reports.Part) string { return format.Thousands(p.Config.Workers) }},
	{"lease of locks", func(p reports.Part) string { return format.Duration(format.Milliseconds(p.Config.TTLMS)) }},
	{"worker command", func(p reports.Part) string { return p.Config.WorkerCommand() }},
	{"table", func(p reports.Part) string { return p.Config.Table }},
	{"id in an element", func(p reports.Part) string { return p.Config.Element }},
	{"target", func(p reports.Part) string { return p.Config.Target }},
	{"set-up", func(p reports.Part) string { return p.Config.Setup }},
	{"tear-down", func(p reports.Part) string { return p.Config.Teardown }},
	{"MySQL", func(p reports.Part) string { return p.Environment.MySQL }},
	{"Redis", func(p reports.Part) string { return p.Environment.Redis }},
	{"Go", func(p reports.Part) string { return p.Environment.Go }},
	{"system", func(p reports.Part) string {
		return fmt.Sprintf("%s, %s", p.Environment.OS, format.Plural(p.Environment.CPUs, "CPU", "CPUs"))
	}},
	{"program", func(p reports.Part) string { return toolName(p.Tool) }},
	{"folder", func(p reports.Part) string { return p.Folder }},
	{"run it again", func(p reports.Part) string { return p.Run.Replay }},
}

// several is a number of things, empty if it is that of one or not known.
func several(n int) string {
	if n <= 1 {
		return ""
	}
	return format.Thousands(n)
}

func started(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
