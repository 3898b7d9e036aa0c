package schedules

import "unsafe"

// Sleep implements [hook.Controller].
func (e *engine) Sleep(ns int64) { panic("not yet") }

// Now implements [hook.Controller].
func (e *engine) Now() int64 { panic("not yet") }

// StartTimer implements [hook.Controller].
func (e *engine) StartTimer(id, ch unsafe.Pointer, when, period int64, fire func()) { panic("not yet") }

// StopTimer implements [hook.Controller].
func (e *engine) StopTimer(id unsafe.Pointer) (pending, known bool) { panic("not yet") }

// ResetTimer implements [hook.Controller].
func (e *engine) ResetTimer(id unsafe.Pointer, when, period int64) (pending, known bool) {
	panic("not yet")
}
