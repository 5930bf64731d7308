// Package inside is the part of the container driver that runs within a machine.
// The agent, which is the machine's first process, calls it in this order:
//
//	env, err := inside.Setup()                   // once, first thing in mode "init"
//	…                                            // serve package wire on env.Control
//	cmd := exec.Command(env.Command[0], env.Command[1:]...)
//	cmd.Env = env.Env                            // exactly what the runtime gets
//	cmd.ExtraFiles = []*os.File{runnerEnd}       // the runtime has fds 0, 1, 2, 3 and no others
//	err = env.Start(cmd)                         // the runtime, confined; then cmd.Wait as usual
//	root, err := env.AttachCode(load.Digest)     // at Load, before the runner is told to load anything
//
// Setup makes every mount of the machine before it returns, so no code of a tenant ever
// runs beside a half-built file system. Start runs the runtime as uid and gid 1000 with no
// capability in any set, no new privileges, resource limits and a system call filter; it
// sets cmd.SysProcAttr and cmd.Dir, which the caller leaves alone. AttachCode shows
// one folder of the code store, read-only, at env.TaskRoot and forgets the others for good; then the agent gives up its own
// capabilities (it keeps CAP_KILL where it has a uid of its own, to end what a function leaves behind)
// and enters the filter too.
//
// What the agent may count on: it is process 1 of its pid namespace, so orphans become its
// children and must be reaped; when it exits the kernel kills everything else. /proc lists
// all processes to it and none of its own to the function. kill(2) reaches the function's
// processes before and after AttachCode. Standard error goes to the host as the reason
// when the boot fails, at most 4,000 bytes of it.
//
// Package internal/vm/process/inside has the same three functions for a
// machine without isolation.
package inside
