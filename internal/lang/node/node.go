// Package node holds the runner program for Node.js.
package node

import _ "embed"

// Runner is runner.cjs.
//
//go:embed runner.cjs
var Runner []byte
