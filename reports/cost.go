package reports

// Cost is what a run took beside its time. A count that was not taken is 0,
// and Missing says why.
type Cost struct {
	Chunks        int     `json:"chunks"`                   // of the plan
	RowsRead      int64   `json:"rows_read"`                // by workers, from MySQL
	RowsSent      int64   `json:"rows_sent"`                // by workers, in commits to Redis
	RedisCommands int64   `json:"redis_commands,omitempty"` // executed for workers, those in transactions and scripts included, handshakes not
	RedisCPUMS    float64 `json:"redis_cpu_ms,omitempty"`   // processor time of the server's main thread
	Missing       string  `json:"missing,omitempty"`        // why the counts of the server were not taken
}

// InVain is how many rows were read, and how many sent, beyond those that the
// table has. It makes sense for runs that are complete.
func (c Cost) InVain(table int64) (read, sent int64) {
	return max(0, c.RowsRead-table), max(0, c.RowsSent-table)
}
