package runtime

import (
	"runtime"

	"annulus/schedules/internal/hook"
)

// pauses is how often Pause yields.
const pauses = 4

// Pause yields a few times, so that what is likely to be over soon is over when the caller
// looks. It is for the first round of a loop that waits, whose rounds yield anyway. Under a
// scheduler it does nothing, since a yield is as good as many there.
func Pause() {
	if hook.Installed() && hook.Current() != nil {
		return
	}
	for range pauses {
		runtime.Gosched()
	}
}
