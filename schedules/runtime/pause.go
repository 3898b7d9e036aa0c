package runtime

import (
	"runtime"

	"annulus/schedules/internal/hook"
)

// pauses is how often Pause yields.
const pauses = 4

// Pause yields a few times, so that what is likely to be over soon is over when the caller
// looks. Under a scheduler it is [Gosched].
func Pause() {
	if hook.Installed() && hook.Current() != nil {
		Gosched()
		return
	}
	for range pauses {
		runtime.Gosched()
	}
}
