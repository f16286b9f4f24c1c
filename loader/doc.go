// Package loader moves a MySQL table into a Redis list, chunk by chunk, with
// any number of workers on any number of hosts.
//
// With the default strategy every row arrives exactly once, whatever fails on
// the way: workers, connections, replies, either server. A worker that dies is
// simply started again; all that the workers share is in Redis.
//
// A job knows its table by server, database, key, columns and their types, and refuses
// another. It asks for all rights before its first write, and no refusal after that
// costs a row. LoadTogether compares table and list at the end; see Audit.
//
// Limits. A row that is inserted, changed or deleted while the job runs may be
// seen or not: each chunk is read in a snapshot of its own. What Redis itself
// forgets, because it was not made to persist, is loaded again; consumers that
// had popped it will see it twice. Other strategies promise less, see package
// loader/lock.
//
//	summary, err := loader.Load(ctx, loader.Config{
//		Job:      loader.Job{Table: "orders", List: "orders"},
//		Strategy: lock.Default(),
//		Redis:    client,
//		DB:       db,
//	})
package loader
