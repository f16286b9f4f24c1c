// Package simulated searches scenarios in the simulated world: every place for
// the faults of their budgets. What it finds is made small, and stored so that it
// can be replayed. Package live carries the same scenarios out on real servers.
package simulated
