// Package junit writes results as a JUnit report, for CI systems that know no
// other form: a suite is a strategy, a case is a scenario.
//
//   - worse than expected, a control that was missed, a cell that was not run
//     any more: a failure, whose type is the verdict
//   - too little learned, interrupted, nothing checked, a state that is unknown
//     here: an error
//   - as expected, also where a violation was expected and caught: passed
//   - report only: skipped, since nobody has judged it. A green tick beside a
//     strategy that loses rows would be read as praise
//
// Viewers differ in what they show. Some show the name of the suite, the type
// and the message of a failure nowhere, so the first line of each body says
// everything: the verdict, how many of how many, and the command that repeats
// it. Nothing is ever marked as flaky: a run that failed has failed.
package junit
