//go:build linux

package vmtest

import "testing"

func (s *suite) isolation(t *testing.T) {}
func (s *suite) limits(t *testing.T)    {}
