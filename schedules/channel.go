package schedules

import (
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Channel implements [hook.Controller].
func (e *engine) Channel(cases []hook.ChanCase, block bool) (chosen int, how hook.Outcome, box unsafe.Pointer) {
	panic("not yet")
}

// Close implements [hook.Controller].
func (e *engine) Close(ch unsafe.Pointer) (live bool) { panic("not yet") }
