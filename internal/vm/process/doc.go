// Package process runs machines as plain processes, for development on hosts where nothing better works.
//
// NOTHING IS ISOLATED: a function can do whatever the server's user can, read its files and its memory, use the
// network, and use as much memory, CPU and disk as there is. It must be asked for.
package process
