// Package sim is the simulated world: workers with their real clients, models
// of Redis and MySQL, and a scheduler that decides what happens next.
package sim
