package schedules

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"annulus/schedules/internal/hook"
)

// Looks that the watchdog takes in its time. A process that was stopped, as by a
// debugger, loses one of them, not all the time.
const watchdogLooks = 8

// guard ends the process when a task has not come to a yield point for so long
// that it can be taken to wait for something that nobody controls. Nothing else
// can be done: a goroutine cannot be stopped from outside. The function that it
// returns ends the watch.
func (e *engine) guard() (end func()) {
	limit := e.cfg.Watchdog
	if limit < 0 {
		return func() {}
	}
	over := make(chan struct{})
	go func() {
		looks := time.NewTicker(max(limit/watchdogLooks, 1))
		defer looks.Stop()
		for since := 0; since <= watchdogLooks; {
			select {
			case <-over:
				return
			case <-looks.C:
			}
			if hook.Still() {
				since++
			} else {
				since = 0
			}
		}
		message := e.stuckMessage(limit)
		stuck(message)
		fmt.Fprint(os.Stderr, message)
		os.Exit(2)
	}()
	return func() { close(over) }
}

// stuckMessage says where the running task is stuck. It is called by another
// goroutine, which reads the engine's fields: they have not changed for a while.
func (e *engine) stuckMessage(limit time.Duration) string {
	t := e.cur
	var b strings.Builder
	fmt.Fprintf(&b, "schedules: task %q has not come to a yield point for %v\n", e.label(t), limit)
	if t.done > 0 {
		fmt.Fprintf(&b, "Its last operation was %s.\n", e.pending(t))
	}
	b.WriteString(`It waits for something that is not under control, or computes for long.
Inside a task, do not wait for a channel, select, time.Sleep, a timer, a context,
input or output, a lock of the standard sync package, or a goroutine that was
started with go. Use annulus/schedules/sync, annulus/schedules/atomic, and
annulus/schedules/runtime, whose Go starts a task. For a task that computes for
long, set Config.Watchdog. The process ends, since the task cannot be ended.

`)
	b.WriteString(stackOf(t.w.number))
	for _, g := range allGoroutines().startedBy(e.workers(), nil) {
		b.WriteString("\na goroutine that is not a task" + g.String() + "\n")
	}
	return b.String()
}

// maxStacks bounds the bytes of all stacks together.
const maxStacks = 64 << 20

// allStacks returns the stacks of all goroutines, with an empty line between them.
func allStacks() string {
	text := make([]byte, 1<<16)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) || n >= maxStacks {
			return string(text[:n])
		}
		text = make([]byte, 2*len(text))
	}
}

// stackOf returns the stack of the goroutine with the number.
func stackOf(number uintptr) string {
	for stack := range strings.SplitSeq(allStacks(), "\n\n") {
		if strings.HasPrefix(stack, fmt.Sprintf("goroutine %d [", number)) {
			return stack + "\n"
		}
	}
	return fmt.Sprintf("(the stack of goroutine %d was not found)\n", number)
}
