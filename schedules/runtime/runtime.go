// Package runtime is a drop-in for the two parts of the standard runtime package
// that concern the order in which goroutines run: [Gosched] and, in place of the
// go statement, [Go]. [Backoff] is Gosched for waits that may be long.
package runtime

import (
	"runtime"

	"annulus/schedules/internal/hook"
)

// Gosched lets other goroutines run. Under a scheduler it is a yield point at
// which switching to another task is free, and where a task whose rounds are all the
// same waits until something that it has read has changed.
func Gosched() {
	if hook.Installed() {
		goschedSlow()
		return
	}
	runtime.Gosched()
}

// Go calls f in a new goroutine. Under a scheduler, if the caller is a task, the
// goroutine is a new task; starting it is not a yield point.
func Go(f func()) {
	if hook.Installed() {
		goSlow(f)
		return
	}
	go f()
}

//go:noinline
func goschedSlow() {
	c := hook.Current()
	if c == nil {
		runtime.Gosched()
		return
	}
	if c.Before(hook.Gosched, hook.NoType, nil, 0, 0) {
		c.After(0, 0)
	}
}

//go:noinline
func goSlow(f func()) {
	if c := hook.Current(); c != nil {
		c.Go("go", f)
		return
	}
	go f()
}
