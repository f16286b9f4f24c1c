package faults

// Consume is another program at work: it takes what is in the list. A loader
// that reads the list to know what is done, or mends it at the end, then errs.
const Consume Kind = "consume"

var consume = Spec{
	Kind:    Consume,
	Class:   Data,
	Summary: "a consumer takes everything that is in the list",
	Example: "consume x1",
	NotLive: "on real servers consumers are at work all the time, see --consumers",
}
