package linearizability

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Ranks order intervals exactly as the positions of the events do.
func TestRanksKeepRealTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h recorder
		type interval struct {
			open        bool
			begun, over int // positions of the events
			call, reply int32
		}
		list := make([]interval, rapid.IntRange(1, 8).Draw(t, "n"))
		for at := range 2 * len(list) {
			i := rapid.IntRange(0, len(list)-1).Draw(t, "i")
			x := &list[i]
			for x.over != 0 {
				i = (i + 1) % len(list)
				x = &list[i]
			}
			if !x.open {
				x.open, x.begun, x.call = true, at+1, h.invoked(0)
			} else {
				x.over, x.reply = at+1, h.responded(0)
			}
		}
		for i, x := range list {
			for k, y := range list {
				if x.over != 0 && y.open {
					require.Equal(t, x.over < y.begun, x.reply < y.call, "%d and %d of %+v", i, k, list)
				}
			}
		}
	})
}
