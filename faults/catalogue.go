package faults

import "slices"

// Kind is a kind of fault.
type Kind string

// Spec says what a kind of fault is and which settings it takes.
type Spec struct {
	Kind    Kind
	Summary string
	Example string
	Server  bool // it strikes a server, not a worker
	Wire    bool // it strikes a request on a worker's connection

	takes    []string // settings beside the position
	requires []string
	defaults func(*Fault)
}

// Catalogue lists every kind of fault.
func Catalogue() []Spec { return []Spec{kill, pause, loseReply, redisKill, mysqlKill} }

// SpecOf returns the entry of a kind.
func SpecOf(kind Kind) (Spec, bool) {
	all := Catalogue()
	i := slices.IndexFunc(all, func(s Spec) bool { return s.Kind == kind })
	if i < 0 {
		return Spec{}, false
	}
	return all[i], true
}
