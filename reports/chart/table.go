package chart

// Table is what a chart shows, for those who read rather than look. Its texts
// are foreign: whoever shows them escapes them.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string // each as long as Head
}
