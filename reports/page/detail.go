package page

const softLimit = 2_000_000 // bytes

// leastExample is the least size of a counterexample, in bytes.
const leastExample = 6 << 10

type detail struct {
	timelines  int  // runs that are drawn
	examples   int  // counterexamples, at least: as many more as there is room for
	recoveries int  // faults whose recovery is drawn
	others     bool // costs under other scenarios than the first, too
	runs       int  // of a cell that are listed, at most
	full       int  // cells with an example and a list of runs
	data       int  // bytes of the data block, at most
}

// details are tried in order until the page is small enough: drawings leave first,
// then the lists of runs. The last is shown in any case.
var details = []detail{
	{timelines: 60, examples: 100, recoveries: 20_000, others: true, runs: 50, full: 1000, data: 1 << 20},
	{timelines: 24, examples: 20, recoveries: 10_000, others: true, runs: 20, full: 1000, data: 600 << 10},
	{timelines: 12, examples: 10, recoveries: 5_000, others: true, runs: 10, full: 200, data: 300 << 10},
	{timelines: 6, examples: 10, recoveries: 2_500, others: false, runs: 5, full: 100, data: 300 << 10},
	{timelines: 2, examples: 5, recoveries: 1_000, others: false, runs: 2, full: 20, data: 200 << 10},
}
