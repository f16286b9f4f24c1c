package reports

// Search says what a search of the simulated world covered. A cell with a Search
// speaks of all schedules within its bounds, not of a sample of runs.
type Search struct {
	Bounds    string        `json:"bounds"`
	Schedules int           `json:"schedules"`
	Positions int           `json:"positions,omitempty"`
	Live      int           `json:"live"`    // schedules that real clients carried out
	Checked   int           `json:"checked"` // schedules that were carried out twice, and compared
	Complete  bool          `json:"complete"`
	Left      string        `json:"left,omitempty"` // if not complete: why not
	Stages    []SearchStage `json:"stages"`
}

// SearchStage is one stage of a search.
type SearchStage struct {
	Name      string `json:"name"`
	Schedules int    `json:"schedules"`
	Traces    int    `json:"traces,omitempty"` // of them, how many differ in more than the order of independent events
	Positions int    `json:"positions,omitempty"`
	ElapsedMS int64  `json:"elapsed_ms"`
}
