package merge

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
)

// ofOneCampaign is an error if shards cannot be those of one campaign. Each of two
// campaigns may be there with all of its shards, as two that are not divided may; of
// what is left of several, nobody knows what is missing. Shards may have no cell in
// common, so they are compared as a whole.
func ofOneCampaign(parts []reports.Part) error {
	campaigns := reports.Campaigns(parts)
	for _, campaign := range campaigns {
		for _, p := range campaign[1:] {
			if err := sameCampaign(campaign[0], p); err != nil {
				return err
			}
		}
	}
	for _, world := range reports.Groups(campaigns, func(c []reports.Part) string { return c[0].Run.World }) {
		if len(world) > 1 && len(reports.Absent(slices.Concat(world...))) > 0 {
			return otherCampaign(world[0][0], world[1][0])
		}
	}
	return nil
}

// sameCampaign is an error if two shards of the same number of shards, seed and number
// of runs were not made alike.
func sameCampaign(a, b reports.Part) error {
	what, one, two := difference(a, b)
	switch {
	case !a.Tool.Known():
		return fmt.Errorf("the shards %s and %s cannot be counted together: of the programs that made them no more is known than version %q, so they need not be the same", a.Run.Shard, b.Run.Shard, a.Tool.Version)
	case what == "" && a.Config.Runs != b.Config.Runs:
		what, one, two = "runs per cell", fmt.Sprint(a.Config.Runs), fmt.Sprint(b.Config.Runs)
	case what == "" && a.Run.Command() != b.Run.Command():
		what, one, two = "command", a.Run.Command(), b.Run.Command()
	}
	if what == "" {
		return nil
	}
	return fmt.Errorf("the shards %s and %s are not of one campaign: %s %q and %q", a.Run.Shard, b.Run.Shard, what, one, two)
}

func otherCampaign(a, b reports.Part) error {
	what, one, two := "number of runs", a.Run.Whole, b.Run.Whole
	if a.Run.Share().Of != b.Run.Share().Of {
		what, one, two = "number of shards", a.Run.Share().Of, b.Run.Share().Of
	}
	if a.Config.Seed != b.Config.Seed {
		return fmt.Errorf("the shards %s and %s are not of one campaign: seed %d and %d", a.Run.Shard, b.Run.Shard, a.Config.Seed, b.Config.Seed)
	}
	return fmt.Errorf("the shards %s and %s are not of one campaign: %s %d and %d", a.Run.Shard, b.Run.Shard, what, one, two)
}

// inOrder puts the cells of a campaign in the order in which it would have had them
// undivided: each shard begins somewhere else.
func inOrder(r *reports.Results) {
	if len(reports.Campaigns(r.Parts)) == 0 {
		return
	}
	strategies := reports.Each(r.Strategies, func(s reports.StrategyText) string { return s.Name })
	scenarios := reports.Each(r.Scenarios, func(s reports.ScenarioText) string { return s.Name })
	slices.SortStableFunc(r.Cells, func(a, b reports.Cell) int {
		return cmp.Or(
			cmp.Compare(a.World, b.World),
			cmp.Compare(slices.Index(strategies, a.Strategy), slices.Index(strategies, b.Strategy)),
			cmp.Compare(slices.Index(scenarios, a.Scenario), slices.Index(scenarios, b.Scenario)),
		)
	})
}

// Doubled lists the shards that several invocations have done, each with how many.
func Doubled(parts []reports.Part) (all []string) {
	for _, campaign := range reports.Campaigns(parts) {
		for _, copies := range reports.Groups(campaign, func(p reports.Part) string { return p.Run.Shard }) {
			if len(copies) > 1 {
				all = append(all, fmt.Sprintf("shard %s was done %d times", copies[0].Run.Shard, len(copies)))
			}
		}
	}
	return all
}
