// Package merge makes one result out of several: of the shards of a campaign, of
// the same campaign with more seeds, of both worlds. Nothing is run for it.
//
// What it promises: the same invocation, and a run of a cell with the same seed, is
// counted once, and of two copies the worse one counts, so what was found is never
// lost. The tallies do not depend on the order, nor on what was merged with what
// before. Runs that were not made alike are not counted together: that is an
// error, which names the difference.
//
// What it does not: it judges nothing, that is for package gate. Of several
// searches of a cell, what the most thorough one covered is kept and not their
// sum, since they have most of their schedules in common.
//
//	r, err := merge.Of([]merge.Source{{Name: "shard-1", Folder: "../shard-1", Results: first}, ...})
package merge
