package scenarios

import _ "embed"

// StandardExpectations is the file of the expectations that come with the
// program, for package expect to read. Its head documents the form.
//
//go:embed expect.yaml
var StandardExpectations string
