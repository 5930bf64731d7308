// Package voltrun holds the nouns of the platform and their rules: users,
// functions, versions, executions, API keys, errors and ids.
//
// It imports the standard library only. Everything that touches a technology
// lives under internal and depends on this package, never the other way round.
package voltrun
