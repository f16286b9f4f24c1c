// Package merge makes one result out of several: of the shards of a campaign, of
// the same campaign with more seeds, of both worlds. Nothing is run for it.
//
// It promises: the same invocation, and a run of a cell with the same seed, is counted
// once, and the worse of two copies counts, so no finding is ever lost. The tallies do
// not depend on the order of merging. Runs that were not made alike are not counted
// together: that is an error, which names the difference.
//
// It does not judge; that is for package gate. If a cell was searched several times, it
// keeps what the most thorough search covered and not the sum, since searches have most
// of their schedules in common.
//
//	r, err := merge.Of([]merge.Source{{Name: "shard-1", Folder: "../shard-1", Results: first}, ...})
package merge
