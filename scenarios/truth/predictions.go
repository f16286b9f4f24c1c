package truth

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
)

//go:embed predictions.txt
var predictions string

// Prediction is what was to go wrong in a cell; [reports.Safe] alone if nothing was.
type Prediction []reports.Verdict

// Safe tells whether nothing was to go wrong.
func (p Prediction) Safe() bool { return len(p) == 1 && p[0] == reports.Safe }

// Predictions are those of all cells, by their IDs.
type Predictions map[string]Prediction

// Predicted are the predictions of the strategies and scenarios that come with the program.
func Predicted() Predictions {
	p, err := ParsePredictions(predictions)
	if err != nil {
		panic(err) // a test reads the file
	}
	return p
}

var letters = map[rune]reports.Verdict{
	'S': reports.Safe, 'D': reports.Duplicated, 'L': reports.Lost, 'K': reports.Stuck,
}

// ParsePredictions reads a table: a head with the names of the scenarios, and a line for
// each strategy. Lines that begin with # are comments.
func ParsePredictions(text string) (Predictions, error) {
	all := Predictions{}
	var head []string
	for number, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case head == nil:
			head = fields
		case len(fields) != len(head):
			return nil, fmt.Errorf("predictions, line %d: %d columns, and the head has %d", number+1, len(fields), len(head))
		default:
			for i, word := range fields[1:] {
				id := fields[0] + "/" + head[1+i]
				if _, twice := all[id]; twice {
					return nil, fmt.Errorf("predictions, line %d: %s comes twice", number+1, id)
				}
				p, err := parsePrediction(word)
				if err != nil {
					return nil, fmt.Errorf("predictions, line %d: %s: %w", number+1, id, err)
				}
				if p != nil {
					all[id] = p
				}
			}
		}
	}
	return all, nil
}

func parsePrediction(word string) (p Prediction, err error) {
	if word == "-" {
		return nil, nil
	}
	for _, letter := range word {
		v, known := letters[letter]
		if !known || slices.Contains(p, v) || (v == reports.Safe && word != "S") {
			return nil, fmt.Errorf("%q is neither S nor some of D, L and K", word)
		}
		p = append(p, v)
	}
	return p, nil
}
