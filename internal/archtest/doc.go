// Package archtest holds the architecture by tests: which package may import which,
// where each technology may be used, and that every package says what it is for.
package archtest
