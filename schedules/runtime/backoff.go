package runtime

import (
	"runtime"
	"time"

	"annulus/schedules/internal/hook"
)

// Backoff lets others run between two looks at what they will change. It yields the
// processor at first; whoever waits for longer sleeps, up to four milliseconds at a time,
// so that a long wait does not keep a processor busy. The zero Backoff begins anew.
//
// Under a scheduler no time passes: Wait is [Gosched], and counts nothing, so that a
// task that waits is seen to come back to the same state.
type Backoff struct{ waits uint32 }

// How often a Backoff yields before it sleeps, and how often the time doubles after that.
const (
	yields    = 1 << 10
	doublings = 7
	longest   = 4 * time.Millisecond
)

// Wait returns after others have had an opportunity to run.
func (b *Backoff) Wait() {
	switch {
	case hook.Installed() && hook.Current() != nil:
		Gosched()
	case b.waits < yields:
		b.waits++
		runtime.Gosched()
	default:
		b.waits = min(b.waits+1, yields+doublings)
		time.Sleep(longest >> (yields + doublings - b.waits))
	}
}
