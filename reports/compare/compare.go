// Package compare says what has become better or worse between two results.
package compare

// Comparison is what differs between an older and a newer result.
type Comparison struct{}
