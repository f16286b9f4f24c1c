package reports

// Cost is what a run took beside its time. A count that was not taken is nil,
// never 0, and Missing says why.
type Cost struct {
	Chunks        int      `json:"chunks"`                   // of the plan
	RowsRead      *int64   `json:"rows_read,omitempty"`      // from MySQL, of the chunks that workers read to their end
	RowsSent      *int64   `json:"rows_sent,omitempty"`      // to Redis, in the commits that workers began; what a client repeats by itself counts once
	RedisCommands *int64   `json:"redis_commands,omitempty"` // executed for workers, those in transactions and scripts included, handshakes not
	RedisCPUMS    *float64 `json:"redis_cpu_ms,omitempty"`   // processor time of the server's main thread while the workers ran
	Missing       string   `json:"missing,omitempty"`        // what was not counted, and why
}
