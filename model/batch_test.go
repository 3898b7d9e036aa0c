package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A batch ends at one point: all that it has done is evicted, and dead blocks in it are
// evicted without a callback.
func TestBatchFinishes(t *testing.T) {
	s := run(t, threes, seq(threeBatched, at(OpTryTombstone, 64, 0), at(OpFree, 64, 0), claiming(1, 128, 7)))
	require.Equal(t, "head 0 evicting 192 tail 192 | 0+64 BT #7 | 64+64 T | 128+64 BT #7 | 0 claimed by evictor 1 | 64 reserved by evictor 1 | 128 claimed by evictor 1", s.String())
	s, err := Step(threes, s, Op{Kind: OpFinish, Evictor: 1, Size: 192})
	require.NoError(t, err)
	require.Equal(t, "head 192 evicting 192 tail 192", s.String())
}

// A batch that comes to a block in other hands evicts what is before it and gives back
// the rest, also if the block has been let go of meanwhile.
func TestBatchStops(t *testing.T) {
	s := run(t, threes, seq(threeBatched, at(OpTryTombstone, 64, 0), of(by(OpWait, 1), 64), at(OpCancel, 64, 0), of(returning(1, BatchStopped), 64)))
	require.Equal(t, "head 64 evicting 192 tail 192 | 64+64 R #7 | 128+64 R #7 | 64 returned | 128 returned", s.String())
	s = run(t, threes, seq(threeBatched, claiming(1, 64, 7), at(OpTryTombstone, 128, 0), of(by(OpWait, 1), 128), of(returning(1, BatchStopped), 128)))
	require.Equal(t, "head 128 evicting 192 tail 192 | 128+64 BT #7 | 128 returned", s.String())
}

// A batch that comes to a block that was taken over stops there, too, whatever has become
// of the block.
func TestBatchStopsAtWhatWasTakenOver(t *testing.T) {
	taken := seq(threeBatched, of(by(OpReserve, 2), 64), claiming(2, 64, 7))
	missed := of(by(OpWait, 1), 64)
	for _, then := range [][]Op{nil, {by(OpFinish, 2)}, {missed, returning(2, CallbackFailed)}, {missed}, {missed, by(OpFinish, 2)}} {
		s := run(t, threes, seq(taken, then, of(returning(1, BatchStopped), 64)))
		require.Equal(t, Addr(64), s.block(64).Addr)
		require.Equal(t, Returned, s.Reservations[len(s.Reservations)-1].Phase, "%v", s)
	}
	// What was seen in other hands may be taken over before the batch stops.
	run(t, threes, seq(threeBatched, at(OpTryTombstone, 64, 0), of(by(OpWait, 1), 64), at(OpCancel, 64, 0),
		of(by(OpReserve, 2), 64), claiming(2, 64, 7), of(returning(1, BatchStopped), 64), by(OpFinish, 2), by(OpReserve, 1)))
}

// What was taken over and given back is the batch's again, unless the batch has ended.
func TestTakenOverAndGivenBack(t *testing.T) {
	back := seq(threeBatched, of(by(OpReserve, 2), 64), claiming(2, 64, 7), returning(2, CallbackFailed))
	s := run(t, threes, seq(back, claiming(1, 64, 7), claiming(1, 128, 7), by(OpFinish, 1)))
	require.Equal(t, "head 192 evicting 192 tail 192", s.String())
	s = run(t, threes, back)
	_, err := Step(threes, s, of(by(OpReserve, 3), 64))
	require.NoError(t, err, "it may be taken over again")
	_, err = Step(threes, s, of(returning(1, BatchStopped), 64))
	require.Error(t, err, "the batch did not find it gone")
	s = run(t, threes, seq(threeBatched, of(by(OpReserve, 2), 64), claiming(2, 64, 7), of(returning(1, BatchStopped), 64), returning(2, CallbackFailed)))
	require.Equal(t, []Addr{64, 128}, s.Returned())
}

// A callback that fails gives back its block and those behind it, dead ones included.
func TestBatchFails(t *testing.T) {
	s := run(t, threes, seq(threeBatched, claiming(1, 64, 7), at(OpTryTombstone, 128, 0), at(OpFree, 128, 0), of(returning(1, CallbackFailed), 64)))
	require.Equal(t, "head 64 evicting 192 tail 192 | 64+64 R #7 | 128+64 T | 64 returned | 128 returned", s.String())
	s = run(t, threes, seq(threeBatched, of(returning(1, CallbackFailed), 0)))
	require.Equal(t, []Addr{0, 64, 128}, s.Returned())
	// The next batch is of what was given back, and of what follows.
	run(t, threes, seq(threeBatched, of(returning(1, CallbackFailed), 0), ready(192), by(OpReserve, 2), claiming(2, 0, 7),
		of(by(OpReserve, 2), 64), of(by(OpReserve, 2), 128), by(OpReserve, 3)))
}

// A batch may be left with one block when the others were taken over, and that is
// finished like any other.
func TestBatchOfOne(t *testing.T) {
	s := run(t, batched, seq(twoBatched, of(by(OpReserve, 2), 64), claiming(2, 64, 7), by(OpFinish, 2), of(by(OpWait, 1), 64), by(OpFinish, 1)))
	require.Equal(t, "head 128 evicting 128 tail 128", s.String())
}

// A bag is served first, then the shared set, then the tail; what is stocked is the
// Worker's alone.
func TestBag(t *testing.T) {
	s := run(t, &ring, seq(spared(0), freed(64), through(1, alloced(64, 0, 1)), through(1, alloced(64, 64, 1)), through(1, alloced(64, 128, 0)),
		stocking(2, 192, 0), through(2, alloced(64, 192, 1))))
	require.Equal(t, "head 0 evicting 0 tail 256 | 0+64 NR .1 | 64+64 NR .1 | 128+64 NR | 192+64 NR .1", s.String())
	s = run(t, &ring, seq(freed(0), stocking(1, 0, 0)))
	require.Equal(t, "head 0 evicting 0 tail 64 | 0+64 S of worker 1", s.String())
	require.Equal(t, []Addr{0}, s.Bag(1))
	require.Empty(t, s.Bag(2))
}

// Whatever has become unusable is no longer spare when its Worker gives it up.
func TestSpills(t *testing.T) {
	spill := Op{Kind: OpSpill, Worker: 1}
	for want, given := range map[string][]Op{
		"head 0 evicting 0 tail 64 | 0+64 FL | free 64: 0":                        spared(0),
		"head 0 evicting 64 tail 64 | 0+64 T | 0 reserved by evictor 1":           seq(spared(0), by(OpReserve, 1)),
		"head 64 evicting 64 tail 64":                                             seq(spared(0), by(OpReserve, 1), by(OpFinish, 1)),
		"head 0 evicting 64 tail 128 | 0+64 E | 64+64 NR | 0 marked by evictor 1": seq(spared(0), by(OpReserve, 1), by(OpMark, 1), alloced(64, 64, 0)),
	} {
		require.Equal(t, want, run(t, &ring, seq(given, spill)).String())
	}
	s := run(t, region, seq(spared(0), alloced(128, 64, 0), spill))
	require.Equal(t, "head 0 evicting 0 tail 192 | 0+64 T | 64+128 NR", s.String())
	s = run(t, region, seq(ready(0), at(OpTryTombstone, 0, 0), alloced(128, 64, 0), through(1, at(OpFree, 0, 0)), spill))
	require.Equal(t, "head 0 evicting 0 tail 192 | 0+64 T | 64+128 NR", s.String(), "freed when it could not become spare any more")
}
