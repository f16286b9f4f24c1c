// Package live is the world of real servers and real processes: Redis and
// MySQL in containers, workers as processes, TCP proxies between them, faults
// by signal.
//
// Everything listens on 127.0.0.1, and nothing is sent anywhere else, unless
// the user names servers of his own; a replica of Redis finds its primary within the
// network of the containers. Containers carry the label of the process
// that started them and are removed when it ends; what a killed process left
// is removed at the next start.
//
// Limits: a Docker engine on this machine; processes are stopped and killed
// with Unix signals; Onceover's own worker reports the steps at which faults are
// injected; faults hit other workers at their requests, or when a share of the rows
// has arrived. How long they hold a lock is learned from SET and EXPIRE, and not from
// scripts; a pause and the deadline are made longer than that.
package live
