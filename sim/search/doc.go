// Package search looks for schedules that break the promise of exactly once,
// from the likely to the complete: first the workers one after the other with
// each single fault at each place, then orders at random, then two ways of
// random that go for races, and in the end everything within the bounds of the
// set-up.
//
// The exhaustive stage visits states, not schedules: what can happen from a
// state depends on the servers, the clock, what is left of the budget, and
// what each worker has been told so far, and a state that was visited is not
// visited again. It is complete if [Result].Complete says so, and then it is a
// proof within Result.Bounds, as far as the models are right, two different
// states never share a digest of 64 bits, and the workers do not look at the
// order of the list.
//
// A search uses all processors, and its result does not depend on how many there
// are. Schedules and states are taken in batches of a fixed size. Those of a
// batch are carried out side by side, from a cache that is only read, and then
// remembered and counted one after the other, in their order. What a batch
// finds is known only when it is counted: the first counterexample is that with
// the lowest number, and what comes after the last that was wanted is dropped.
package search
