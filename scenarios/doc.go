// Package scenarios says what is tried, and tries it:
// workloads with faults as data, and the campaign that runs them in a [World].
//
// Scenarios are the same for every world. A cell (strategy x scenario) is run
// several times with different seeds; its verdict is that of its worst run. No
// bad run proves only a bound, see [reports.BadRate].
package scenarios
