package faults

import (
	"slices"

	"onceover/reports"
)

// Kind is a kind of fault, by the name that plans and budgets give it.
type Kind string

// Class is what a kind of fault strikes.
type Class string

// The classes.
const (
	Process Class = "process"        // a worker's process
	Wire    Class = "wire"           // a request or a reply on a worker's connection
	Forgets Class = "server-forgets" // a server, which loses what it had not secured
	Refuses Class = "server-refuses" // a server, which answers with errors
	Data    Class = "data"           // the rows themselves
)

// Spec describes a kind of fault. One file holds it.
type Spec struct {
	Kind    Kind
	Class   Class
	Summary string
	Example string         // a fault of a plan, or a budget if NotLive
	Effect  reports.Effect // that it is seen to have; empty if a server dies of it, or it is NotLive

	Settings []Setting // beside the position

	// NotLive and NotSimulated say why a world has no injector of the kind;
	// empty if it has one. A plan holds only what is live.
	NotLive, NotSimulated string
}

// Server tells whether the kind strikes a server and not a worker.
func (s Spec) Server() bool { return s.Class == Forgets || s.Class == Refuses }

// At returns a fault of the kind at a position, with its default settings.
func (s Spec) At(p Position) Fault {
	f := Fault{Kind: s.Kind, At: p}
	for _, setting := range s.Settings {
		if setting.Words != nil {
			f.Word = setting.Words[0]
			continue
		}
		*setting.Of(&f) = setting.Default
	}
	return f
}

// catalogue is in the canonical order: of the kinds in a budget, and of what is
// offered to a scheduler, so that equal seeds stay equal. A new kind goes to the end.
var catalogue = []Spec{
	mysqlCut, cut, loseReply, halfReply, lateRequest, crash, kill,
	killClient, pause, redisKill, mysqlKill, consume, deny, mysqlShort,
	evict, evictList, refuse, halfOpen, partition, redisPower,
	failover, redisClock,
}

// All lists every kind of fault in canonical order.
func All() []Spec { return slices.Clone(catalogue) }

// Find returns the description of a kind.
func Find(kind Kind) (Spec, bool) {
	i := Ordinal(kind)
	if i < 0 {
		return Spec{}, false
	}
	return catalogue[i], true
}

// Ordinal is the place of a kind in the canonical order, -1 if it is unknown.
func Ordinal(kind Kind) int {
	return slices.IndexFunc(catalogue, func(s Spec) bool { return s.Kind == kind })
}

// Add puts a kind at the end of the catalogue, and returns how to take it out
// again. Programs call it before they use the catalogue, not meanwhile.
func Add(s Spec) (remove func()) {
	before := catalogue
	catalogue = append(slices.Clone(before), s)
	return func() { catalogue = before }
}
