package main

import (
	"sync/atomic"
	"time"

	"onceover/loader"
)

// counts are what this process has done so far.
type counts struct {
	began                                     time.Time
	rows, bytes, chunks, superseded, failures atomic.Int64
}

func (l *load) count(c loader.Commit) {
	n := &l.counts
	n.rows.Add(int64(c.Rows))
	n.bytes.Add(int64(c.Bytes))
	if c.Superseded {
		n.superseded.Add(1)
	}
	if c.Ended {
		n.chunks.Add(1)
	}
	if l.pace != nil {
		l.pace.spend(c.Rows)
	}
}

func (n *counts) seconds() float64 { return time.Since(n.began).Seconds() }
