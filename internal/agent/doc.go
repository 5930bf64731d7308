// Package agent is the first process inside a machine: it stands between the host,
// which speaks package wire, and one language runtime with its runner.
//
// The runtime is given descriptor 3, the channel, on which the runner receives
// loads and invocations and returns answers and output. What the function writes
// raw to its standard streams arrives by pipes. The agent keeps time, attributes and orders output,
// decides how an invocation ended, and leaves the machine quiet after each one.
//
// The function is hostile. It may write anything on the channel, so every frame must carry
// a nonce that only the runner was told (see channel.go). It may fork, flood and hang, so nothing the agent
// keeps grows with what the function does, and every wait has an end.
package agent
