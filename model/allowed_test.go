package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Allowed completes a call, and takes an observation or leaves it.
func TestAllowed(t *testing.T) {
	s := run(t, &ring, ready(0))
	require.Equal(t, []Op{seeing(0, 0, 64)}, Allowed(&ring, s, seeing(0, 0, 64)))
	require.Empty(t, Allowed(&ring, s, seeing(0, 0, 128)))
	require.Equal(t, []Op{tagged(OpTryTombstone, 0, 7)}, Allowed(&ring, s, at(OpTryTombstone, 0, 0)))
	require.Equal(t, []Op{alloced(64, 64, 0)}, Allowed(&ring, s, Op{Kind: OpAlloc, N: 64}))
	require.Empty(t, Allowed(&ring, s, at(OpFree, 0, 0)), "there is no handle")
}

// What is left out of a call is completed in the one way that is right.
func TestAllowedCompletesCalls(t *testing.T) {
	region := with(func(c *Config) { c.CopyOnAccessBytes = 1 })
	back := seq(ready(0), alloced(128, 64, 0), by(OpReserve, 1), by(OpReserve, 2), returning(2, ContextRanOut))
	for _, k := range []struct {
		name  string
		given []Op
		call  Op
		want  []Op
	}{
		{"the block at evicting is reserved", back[:4], Op{Kind: OpReserve, Evictor: 2}, []Op{{Kind: OpReserve, Evictor: 2, Addr: 64, Size: 128}}},
		{"the block given back is reserved", seq(back, ready(192)), Op{Kind: OpReserve, Evictor: 3, Size: 9}, []Op{{Kind: OpReserve, Evictor: 3, Addr: 64, Size: 128}}},
		{"others are evicting", back[:5], Op{Kind: OpReserve, Evictor: 3}, []Op{{Kind: OpReserve, Evictor: 3, Outcome: InFlight}}},
		{"the callback is for the evictor's block", seq(freed(0), alloced(64, 0, 1), Op{Kind: OpRelease, Gen: 1, Tag: 8}, by(OpReserve, 1)),
			Op{Kind: OpClaim, Evictor: 1}, []Op{{Kind: OpClaim, Evictor: 1, Gen: 1, Tag: 8}}},
		{"the second evictor has the second block", seq(ready(0), ready(64), by(OpReserve, 1), by(OpReserve, 2)),
			Op{Kind: OpClaim, Evictor: 2}, []Op{claiming(2, 64, 7)}},
		{"no callback without a reservation", seq(ready(0), by(OpReserve, 1)), Op{Kind: OpClaim, Evictor: 2}, nil},
		{"the first evictor ends", seq(freed(0), alloced(128, 64, 0), by(OpReserve, 1), by(OpReserve, 2)),
			Op{Kind: OpFinish, Evictor: 1}, []Op{{Kind: OpFinish, Evictor: 1, Size: 64}}},
		{"the second evictor ends", seq(alloced(128, 0, 0), freed(128), by(OpReserve, 1), by(OpReserve, 2)),
			Op{Kind: OpFinish, Evictor: 2}, []Op{{Kind: OpFinish, Evictor: 2, Size: 64}}},
		{"no end without a reservation", seq(freed(0), by(OpReserve, 1)), Op{Kind: OpFinish, Evictor: 2}, nil},
		{"a block is seen as it is", seq(freed(0), alloced(64, 0, 1)), Op{Kind: OpLook}, []Op{{Kind: OpLook, Gen: 1, State: NotReady}}},
		{"bytes are those last written", ready(0), Op{Kind: OpBytes}, []Op{tagged(OpBytes, 0, 7)}},
		{"a block of the region", fullRing, Op{Kind: OpCopyOnAccess}, []Op{{Kind: OpCopyOnAccess, InRegion: true}}},
		{"a block before the region", fullRing, Op{Kind: OpCopyOnAccess, Addr: 64}, []Op{{Kind: OpCopyOnAccess, Addr: 64}}},
		{"the outcomes end with closed", seq(Op{Kind: OpClose}), Op{Kind: OpClose}, []Op{{Kind: OpClose, Outcome: Closed}}},
		{"a block behind a filler", seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1), by(OpReserve, 1), claiming(1, 64, 7), by(OpFinish, 1)),
			Op{Kind: OpAlloc, N: 128}, []Op{alloced(128, 256, 0)}},
	} {
		require.Equal(t, k.want, Allowed(region, run(t, region, k.given), k.call), k.name)
	}
}
