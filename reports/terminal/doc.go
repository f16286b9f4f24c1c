// Package terminal shows results and progress as text. It looks at no
// environment and no file descriptor: the caller says how wide the
// terminal is, and whether it has colours. Foreign text cannot steer it.
//
//	progress := terminal.NewProgress(os.Stderr, cells, runs, options)
//	err := terminal.WriteTable(os.Stdout, results, terminal.Style{Width: 80})
package terminal
