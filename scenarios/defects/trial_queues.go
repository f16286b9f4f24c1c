package defects

// queueTrials hand chunks out, by queues, streams, counters or shares.
var queueTrials = []Trial{}
