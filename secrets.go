package main

import (
	"regexp"
	"strings"
)

// mask stands for a secret in what is recorded.
const mask = "***"

// secretWord is a part of a name that says that its value is a secret, if nothing
// more of it says that it is only a way to one.
const secretWord = `(?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|dsn)`

// word is one of a command, in quotes or not.
const word = `('[^']*'|"[^"]*"|[^\s'"]\S*)`

var (
	secretFlag  = regexp.MustCompile(`(?i)(^|[\s'"])(--?(?:[\w.-]*[-_.])?` + secretWord + `(?:=|\s+))` + word)
	secretSet   = regexp.MustCompile(`(?i)(^|[\s'"])(\w*` + secretWord + `=)` + word)
	secretInURL = regexp.MustCompile(`(://[^\s/'"@:]*:)[^\s/'"]+(@)`)
)

// masked is a command without the secrets that can be recognised: values of flags and
// variables that are named so, and passwords of addresses. It is for records, which
// are published; the place for a secret is the environment.
func masked(command string) string {
	command = secretInURL.ReplaceAllString(command, "${1}"+mask+"${2}")
	command = secretFlag.ReplaceAllString(command, "${1}${2}"+mask)
	return secretSet.ReplaceAllString(command, "${1}${2}"+mask)
}

// confess says in a comment of the shell that a command lacks a secret.
func confess(command string) string {
	if !strings.Contains(command, mask) {
		return command
	}
	return command + " # " + mask + " stands for a secret that was not recorded"
}
