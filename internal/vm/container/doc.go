// Package container isolates machines with what every Linux kernel has: namespaces, control groups, capabilities and a system
// call filter. It works as root and as an ordinary user, without Docker and without KVM. The kernel is shared.
//
// # How it is made
//
// The driver starts one small helper, the launcher, from the agent's binary. The launcher lives in a mount
// namespace with nothing in it but the images and the code store, both read-only, and forks the machines. A machine is a new
// user, pid, mount, network, IPC, UTS and cgroup namespace; its first process is the agent, which finishes the
// machine's mounts (package inside) before anything else runs. As root every machine has two user
// ids of its own on the host, one for the agent and one for the function; as an ordinary user there is only one to give.
//
// # What it costs a function
//
// Files in /tmp and /dev/shm are memory and count against the machine's memory. CPU time is limited from
// when the runtime is ready: starting it is not.
//
// # What is left when something dies
//
// The server dies: the launcher sees its socket close, ends every machine and removes every group. The launcher
// dies: the kernel ends the machines, the driver closes their Done and starts a new launcher, which
// removes the groups. Both die: the next start does.
package container
