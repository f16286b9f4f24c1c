// Package schema holds the JSON Schema (draft 2020-12) of results.json, for
// programs in other languages that read it. It describes every field with its
// unit. Within a major version fields are only added, so unknown ones are
// allowed; enumerations are closed, so that a reader can decide about each value.
//
// The file is written by hand; a test holds it and the types of package reports
// together, field by field.
package schema

import _ "embed"

// Results is the schema of results.json in its major version 1. Its $id is a
// name, not an address: nothing can be fetched from there.
//
//go:embed results-1.schema.json
var Results []byte
