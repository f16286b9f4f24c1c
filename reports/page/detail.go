package page

// softLimit is how large a page may become before it shows less.
const softLimit = 2 << 20

// detail is how much a page holds of what there may be very much of.
type detail struct {
	timelines int // runs that are drawn
	rest      int // cells with costs beside those of the first scenario, or none at all
	examples  int // counterexamples beside those that stand for a strategy and a verdict
	runs      int // of a cell that are listed, at most
	data      int // bytes of the data block, at most
}

// details are tried in order until the page is small enough: drawings leave first,
// then the lists of runs. The last is what is shown in any case.
var details = []detail{
	{timelines: 60, rest: 400, examples: 60, runs: 50, data: 1 << 20},
	{timelines: 24, rest: 400, examples: 12, runs: 50, data: 600 << 10},
	{timelines: 12, rest: 100, examples: 6, runs: 20, data: 400 << 10},
	{timelines: 6, rest: 0, examples: 0, runs: 5, data: 300 << 10},
	{timelines: 2, rest: 0, examples: 0, runs: 1, data: 200 << 10},
}
