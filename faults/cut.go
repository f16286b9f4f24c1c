package faults

// Cut breaks a connection to Redis before the server has seen the request.
const Cut Kind = "cut"

var cut = Spec{
	Kind:    Cut,
	Class:   Wire,
	Summary: "a connection to Redis breaks before the request is executed",
	Example: "cut x1",
	NotLive: notInjected,
}

// notInjected is why the live world lacks a kind that it could have.
const notInjected = "its injector has not been written"
