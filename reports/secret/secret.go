// Package secret keeps secrets out of what is recorded and published.
package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// mask stands for a secret in what is recorded.
const mask = "***"

// secretWord is a part of a name that says that its value is a secret, if nothing
// more of it says that it is only a way to one.
const secretWord = `(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|dsn)`

// word is one of a command, in quotes or not.
const word = `('[^']*'|"[^"]*"|[^\s'"]\S*)`

// secrets are the forms in which a secret is recognised. Each has three groups: what
// stands before it, the secret, and what stands behind it.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`(://[^\s/'"@:]*:)([^\s/'"]+)(@)`),                     // redis://me:SECRET@h
	regexp.MustCompile(`(?i)(https?://)([^\s/'"@:]+)(@)`),                     // https://SECRET@h
	regexp.MustCompile(`([^\s'"@:=/]*:)([^\s'"]+)(@\w+\()`),                   // me:SECRET@tcp(h)/shop
	regexp.MustCompile(`(?i)([?&;][\w.-]*` + secretWord + `=)([^\s&;'"]+)()`), // ?password=SECRET
	regexp.MustCompile(`(?i)((?:^|[\s'"])--?(?:[\w.-]*[-_.])?` + secretWord + `(?:=|\s+))` + word + `()`),
	regexp.MustCompile(`(?i)((?:^|[\s'"])\w*` + secretWord + `=)` + word + `()`),
	regexp.MustCompile(`(?i)("[\w.-]*` + secretWord + `"\s*:\s*")((?:[^"\\]|\\.)+)(")`), // {"password": "SECRET"}
	regexp.MustCompile(`(?i)(\\"[\w.-]*` + secretWord + `\\"\s*:\s*\\")([^"\\]+)(\\")`), // the same, in double quotes
	regexp.MustCompile(`(?i)(authorization[:=]\s*(?:[a-z]+\s+)?)([^\s'"]+)()`),          // Authorization: Bearer SECRET
}

// switched is the value of an option that is called a token and is none: a switch, as
// of fencing tokens, or a number of them.
var switched = regexp.MustCompile(`(?i)^['"]?(?:on|off|true|false|yes|no|\d+)['"]?$`)

// Mask returns a command without the secrets that can be recognised: values of flags,
// variables, parameters and headers that are named so, and passwords of addresses. It
// is for records, which are published; the place for a secret is the environment.
func Mask(command string) string {
	for _, form := range secrets {
		command = form.ReplaceAllStringFunc(command, func(found string) string {
			part := form.FindStringSubmatch(found)
			if switched.MatchString(part[2]) && strings.Contains(strings.ToLower(part[1]), "token") {
				return found
			}
			return part[1] + mask + part[3]
		})
	}
	return command
}

// Digest tells commands apart that are the same once their secrets are masked; it is
// empty for a command without secrets. It is short, because it is published: so many
// guesses at a secret have the same digest that it confirms none.
func Digest(command string) string {
	if Mask(command) == command {
		return ""
	}
	sum := sha256.Sum256([]byte(command))
	return hex.EncodeToString(sum[:2])
}

// NoteMasked adds a comment of the shell to a command that lacks a secret.
func NoteMasked(command string) string {
	if !strings.Contains(command, mask) {
		return command
	}
	return command + " # " + mask + " stands for a secret that was not recorded"
}
