package sync

import (
	"sync"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// WaitGroup waits for a number of goroutines to finish, a drop-in for
// [sync.WaitGroup]. Under a scheduler its counter starts at zero in every
// execution. An Add that finds it at zero must happen before a Wait or after that has
// returned: if nothing orders the two, the execution fails as one with a data race.
type WaitGroup struct{ wg sync.WaitGroup }

// Add adds delta, which may be negative, to the counter. It panics if the
// counter becomes negative.
func (wg *WaitGroup) Add(delta int) {
	if hook.Installed() {
		wg.addSlow(delta)
		return
	}
	wg.wg.Add(delta)
}

// Done takes one from the counter.
func (wg *WaitGroup) Done() { wg.Add(-1) }

// Wait waits until the counter is zero.
func (wg *WaitGroup) Wait() {
	if hook.Installed() {
		wg.waitSlow()
		return
	}
	wg.wg.Wait()
}

// Go calls f in a new goroutine, under a scheduler a new task, that the group
// waits for. f must not panic.
func (wg *WaitGroup) Go(f func()) {
	if c := current(unsafe.Pointer(wg)); c != nil {
		wg.start(c, "go", f)
		return
	}
	wg.wg.Go(f)
}

// start starts a task that the group waits for.
func (wg *WaitGroup) start(c hook.Controller, name string, f func()) {
	wg.Add(1)
	c.Go(name, func() {
		defer func() {
			if value := recover(); value != nil {
				panic(value) // which ends a process, before Wait returns
			}
			wg.Done() // also after a Goexit
		}()
		f()
	})
}

//go:noinline
func (wg *WaitGroup) addSlow(delta int) {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(wg))
		wg.wg.Add(delta)
		return
	}
	if !c.Before(hook.WaitGroupAdd, hook.WaitGroup, unsafe.Pointer(wg), uint64(delta), 0) {
		return
	}
	c.After(0, hook.Read|hook.ChangedIf(delta != 0))
	wg.wg.Add(delta) // panics as the standard one does
}

//go:noinline
func (wg *WaitGroup) waitSlow() {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(wg))
		wg.wg.Wait()
		return
	}
	// The standard Wait is not called: the scheduler has counted.
	if c.Before(hook.WaitGroupWait, hook.WaitGroup, unsafe.Pointer(wg), 0, 0) {
		c.After(0, hook.Read)
	}
}

// current is hook.For behind the flag that is cheap to test.
func current(object unsafe.Pointer) hook.Controller {
	if hook.Installed() {
		return hook.For(object)
	}
	return nil
}
