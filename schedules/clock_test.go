package schedules_test

import (
	"time"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// sleep suspends the task as time.Sleep does in a program whose runtime has been given hooks.
func sleep(d time.Duration) { hook.Current().Sleep(int64(d)) }

// now is the time since the execution began.
func now() time.Duration { return time.Duration(hook.Current().Now()) }

// alarm is a timer: of the times on a channel, or of a function that it starts as a task.
type alarm struct {
	times *channel // nil if it starts a function
	id    byte
}

func (a *alarm) key() unsafe.Pointer { return unsafe.Pointer(&a.id) }

// afterFunc starts f as a task when so much time has passed.
func afterFunc(d time.Duration, f func()) *alarm {
	a := new(alarm)
	a.start(d, 0, func() { hook.Current().Go("after "+d.String(), f) })
	return a
}

// newTimer sends the time on a channel when so much has passed.
func newTimer(d time.Duration) *alarm { return newTicker(d, 0) }

// newTicker does so again and again.
func newTicker(d, period time.Duration) *alarm {
	a := &alarm{times: newChannel(1)}
	a.start(d, period, func() { choose(false, channelCase{a.times, true, int(now())}) })
	return a
}

func (a *alarm) start(d, period time.Duration, fire func()) {
	hook.Current().StartTimer(a.key(), unsafe.Pointer(a.times), int64(now()+d), int64(period), fire)
}

func (a *alarm) stop() bool {
	pending, _ := hook.Current().StopTimer(a.key())
	return pending
}

func (a *alarm) reset(d, period time.Duration) bool {
	pending, _ := hook.Current().ResetTimer(a.key(), int64(now()+d), int64(period))
	return pending
}

// receive returns the time that the timer has sent.
func (a *alarm) receive() time.Duration {
	v, _ := a.times.receive()
	return time.Duration(v)
}
