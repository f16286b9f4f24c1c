package reports

// StrategyText explains a strategy to a newcomer. The results say what breaks it.
type StrategyText struct {
	Name    string `json:"name"`
	Summary string `json:"summary"` // one line
	How     string `json:"how"`     // how it works, in a few sentences
	Rests   string `json:"rests"`   // what its safety rests on, or why it cannot hold
	Cost    string `json:"cost"`    // what one pays for it
	Use     string `json:"use"`     // for what it is fit, if it is safe enough for the reader
}

// ScenarioText explains a scenario.
type ScenarioText struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`       // one line
	Sim     string `json:"sim,omitempty"` // what may go wrong in the simulated world
}
