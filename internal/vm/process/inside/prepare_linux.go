package inside

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// prepare keeps the server's descriptors from the function, and makes orphans the agent's children, so the driver finds them below it when it ends the machine.
func prepare() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("adopt orphans: %w", err)
	}
	if err := unix.CloseRange(ControlFD, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("keep descriptors from the function: %w", err)
	}
	return nil
}
