package loader

// MostCounted sets how many rows a dry run counts, until restore is called.
func MostCounted(rows uint64) (restore func()) {
	before := mostCounted
	mostCounted = rows
	return func() { mostCounted = before }
}

// Disordered tells whether a collation is refused for keys.
func Disordered(collation string) bool { return disordered[collation] }
