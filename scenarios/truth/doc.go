// Package truth sets three things side by side for each cell: what was predicted of it,
// what a search of the simulated world found, and what real servers showed.
//
// It promises that no disagreement goes unnoticed: a cell in which they differ has to
// have a finding, a section of scenarios/findings.md which says what was believed, what
// is true, and how to see it again. It does not judge; the gate does.
//
//	table := truth.Of(results, truth.Predicted(), truth.Findings())
//	for _, cell := range table.Unexplained() {
//		fmt.Println(cell.ID, cell.Disagreement())
//	}
package truth
