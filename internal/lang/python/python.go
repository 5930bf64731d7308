// Package python holds the runner program for Python.
package python

import _ "embed"

// Runner is runner.py.
//
//go:embed runner.py
var Runner []byte
