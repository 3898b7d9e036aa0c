package hook

import (
	"sync/atomic"
	"unsafe"
)

// Controller is what the installed scheduler offers to the drop-ins. All its
// methods are called by the running task only.
type Controller interface {
	// Before is the yield point in front of an operation: it returns when the
	// scheduler lets the calling task perform it. The object is named by its
	// address and type; a and b are the operands, where the operation has any.
	//
	// False means that the task is being unwound: the operation must neither
	// block nor be followed by After.
	Before(op Op, typ Type, object unsafe.Pointer, a, b uint64) bool

	// After reports, directly behind the operation that Before announced, its
	// result and whether it read and changed the object's value.
	After(result uint64, effect Effect)

	// Free reports whether the readers-writer lock object could be locked at
	// once, for writing or for reading.
	Free(object unsafe.Pointer, write bool) bool

	// Finish reports that the function of a Once has returned.
	Finish(once unsafe.Pointer)

	// Go adds a task, which is named after its function unless name is not "". It is
	// not a yield point.
	Go(name string, f func())

	// Plain reports that the task reads or writes the plain memory at object. It
	// is not a yield point. value is what the task reads or writes if Recording
	// reports true, else nil.
	Plain(object unsafe.Pointer, write bool, value any)

	// Recording reports whether Plain and Show want to know values.
	Recording() bool

	// Pick lets the scheduler choose one of n alternatives, from 0, where the
	// running operation leaves something open. It is called between Before and
	// After and must be given the same n wherever the same happened before. Where
	// n is 1 there is nothing to choose.
	Pick(n int) int

	// Number numbers values from 1 in the order in which they first appear in the
	// execution; equal ones have the same number. A value that cannot be compared
	// has none and gets 0.
	Number(value any) uint64

	// Notes returns where a drop-in can keep what it must know about its object.
	// It is empty at the beginning of every execution.
	Notes(object unsafe.Pointer, typ Type) *any

	// Show gives the operands and the results of the operation that was performed
	// last, where they are values of any type. It is called after After, and only
	// if Recording reports true.
	Show(operands, results []any)

	// Channel performs one of the operations on channels, or none if block is false and
	// none could be performed at once: then chosen is -1. The caller moves values as the
	// outcome says.
	Channel(cases []ChanCase, block bool) (chosen int, how Outcome, box unsafe.Pointer)

	// Close is the yield point in front of closing a channel, which the caller does
	// behind it. False means that the task is being unwound.
	Close(ch unsafe.Pointer) (live bool)

	// Sleep suspends the task until the execution's clock has gone on by so many
	// nanoseconds.
	Sleep(ns int64)

	// Now is the execution's clock: nanoseconds since its beginning. It is no yield point
	// unless the task does nothing but to look at it.
	Now() int64

	// StartTimer adds a timer, which calls fire on a task of the scheduler's when the
	// clock has come to when, and again every period nanoseconds if period is not 0. ch
	// is the channel on which fire sends, or nil.
	StartTimer(id, ch unsafe.Pointer, when, period int64, fire func())

	// StopTimer and ResetTimer report whether the timer was pending; known is false if
	// it was not started in this execution. They take back what was sent on its channel
	// and not received.
	StopTimer(id unsafe.Pointer) (pending, known bool)
	ResetTimer(id unsafe.Pointer, when, period int64) (pending, known bool)

	// Misuse reports what the standard library answers with a fatal error, or [Locked],
	// such as unlocking an unlocked mutex, and does not return.
	Misuse(message string)
}

// Effect says what an operation did to the value of its object.
type Effect uint8

const (
	// Read is set when the operation observed the object's value.
	Read Effect = 1 << iota
	// Changed is set when the value after the operation differs from the one
	// before it.
	Changed
)

// On is 1 while a controller is installed; it is only accessed atomically. It is
// exported because a call of [Installed], though inlined, is charged to the
// inlining budget of the drop-ins, some of which use all of it.
var On uint32

var (
	running    uintptr    // goroutine descriptor of the running task, 0 if none; only accessed atomically
	controller Controller // read only by the goroutine that running names
)

// Install makes c the process-wide controller. The caller serialises calls of
// Install and Uninstall.
func Install(c Controller) {
	controller = c
	forgetUncontrolled()
	atomic.StoreUint32(&On, 1)
}

// Uninstall returns every drop-in to its standard behaviour.
func Uninstall() {
	atomic.StoreUint32(&On, 0)
	atomic.StoreUintptr(&running, 0)
	forgetUncontrolled()
	controller = nil
}

// SetRunning names the goroutine, as [G] identifies it, whose drop-in
// operations the controller takes; 0 stands for none.
func SetRunning(g uintptr) { atomic.StoreUintptr(&running, g) }

// Current returns the controller if the calling goroutine is its running task,
// and nil if the caller must use the standard operation. Where that one is itself an
// operation of the task, see [Overlaid], it must be used by the program.
func Current() Controller {
	if Overlaid && inProgram() {
		return nil
	}
	return Task()
}

// Task returns the controller if the calling goroutine is its running task, else nil.
func Task() Controller {
	if g := atomic.LoadUintptr(&running); g == 0 || g != G() {
		return nil
	}
	return controller
}

// For is [Current] for an operation on object, with [Beside] where that is nil.
func For(object unsafe.Pointer) Controller {
	c := Current()
	if c == nil {
		Beside(object)
	}
	return c
}

// still is 1 while no task has come to a yield point since Still was called. It is only
// accessed atomically, by functions: in an overlay the methods of types ask who calls them.
var still uint32

// Still reports whether a task is running and none has come to a yield point since
// the last call. It may be called by any goroutine.
func Still() bool {
	return atomic.LoadUintptr(&running) != 0 && atomic.SwapUint32(&still, 1) == 1
}

// Passed tells [Still] that a task has come to a yield point.
func Passed() {
	if atomic.LoadUint32(&still) != 0 {
		atomic.StoreUint32(&still, 0)
	}
}

// Word converts the result of a predicate to a value for After.
func Word(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// ChangedIf is [Changed] if the condition holds, and no effect otherwise.
func ChangedIf(condition bool) Effect {
	if condition {
		return Changed
	}
	return 0
}

// Installed reports whether a controller is installed.
func Installed() bool { return Compiled && atomic.LoadUint32(&On) != 0 }

// Locked is the complaint about a lock that the model of the execution takes for free
// although it is locked.
const Locked = "locked, and not by a task"
