package linearizability

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// orderly is a ring at rest with every kind of block: a block given back, an evicted one
// after it, a live, a freed and a dead one, and a filler.
func orderly() *buffer.View {
	return &buffer.View{
		Capacity: 512, Head: 64, Evicting: 256, Tail: 512, Returned: []buffer.Addr{64}, Classes: []int{64, 128},
		Blocks: []buffer.BlockInfo{
			{Address: 64, Size: 64, State: buffer.Ready},
			{Address: 128, Size: 128, State: buffer.Evicted},
			{Address: 256, Size: 64, State: buffer.FreeListed},
			{Address: 320, Size: 64, State: buffer.Tombstone},
			{Address: 384, Size: 64, State: buffer.NotReady, Generation: 2},
			{Address: 448, Size: 64, State: buffer.Tombstone, Filler: true},
		},
		FreeLists: [][]buffer.Addr{{256}, nil},
	}
}

func guardedBlock(a buffer.Addr, generation uint16) buffer.State {
	if a == 384 && generation == 2 {
		return buffer.NotReady
	}
	return buffer.None
}

func TestEveryInvariantIsChecked(t *testing.T) {
	require.NoError(t, atRest(orderly(), guardedBlock))
	for want, spoil := range map[string]func(v *buffer.View){
		"head 300, evicting 256 and tail 512":                                func(v *buffer.View) { v.Head = 300 },
		"head 64, evicting 576 and tail 512":                                 func(v *buffer.View) { v.Evicting = 576 },
		"within 256 bytes":                                                   func(v *buffer.View) { v.Capacity = 256 },
		"block 192 follows where 128 should":                                 func(v *buffer.View) { v.Blocks[1].Address = 192 },
		"straddles the physical end":                                         func(v *buffer.View) { v.Blocks[5] = buffer.BlockInfo{Address: 448, Size: 128, State: buffer.Ready} },
		"ends before the physical end":                                       func(v *buffer.View) { v.Blocks[3].Filler = true },
		"filler 448 is Ready":                                                func(v *buffer.View) { v.Blocks[5].State = buffer.Ready },
		"which is no class":                                                  func(v *buffer.View) { v.Blocks[0].Size = 32 },
		"they must lead through evicting 256 to tail 512":                    func(v *buffer.View) { v.Blocks = v.Blocks[:5] },
		"they must lead through evicting 250":                                func(v *buffer.View) { v.Evicting = 250 },
		"free list 64 has block 200, which is not in the ring":               func(v *buffer.View) { v.FreeLists[0] = []buffer.Addr{200} },
		"free list 64 has block 320, which is Tombstone":                     func(v *buffer.View) { v.FreeLists[0] = []buffer.Addr{256, 320} },
		"free list 128 has block 256 of 64 bytes":                            func(v *buffer.View) { v.FreeLists[1] = []buffer.Addr{256} },
		"free list 64 has block 256 twice":                                   func(v *buffer.View) { v.FreeLists[0] = []buffer.Addr{256, 256} },
		"is FreeListed and on no free list":                                  func(v *buffer.View) { v.FreeLists[0] = nil },
		"1 evictions are counted as under way":                               func(v *buffer.View) { v.Outstanding = 1 },
		"head is 64 and must be 256":                                         func(v *buffer.View) { v.Returned = nil },
		"must ascend":                                                        func(v *buffer.View) { v.Returned = []buffer.Addr{64, 256, 128} },
		"block 128 is Tombstone below evicting, and its reservation is lost": func(v *buffer.View) { v.Blocks[1].State = buffer.Tombstone },
		"block 320 is Evicted and still to be evicted":                       func(v *buffer.View) { v.Blocks[3].State = buffer.Evicted },
		"block 64 is Evicted and still to be evicted":                        func(v *buffer.View) { v.Blocks[0].State = buffer.Evicted },
		"block 64.0 is Tombstoning, and nobody holds it":                     func(v *buffer.View) { v.Blocks[0].State = buffer.Tombstoning },
		"block 64.0 is NotReady, and nobody holds it":                        func(v *buffer.View) { v.Blocks[0].State = buffer.NotReady },
		"block 320.0 is None, and nobody holds it":                           func(v *buffer.View) { v.Blocks[3].State = buffer.None },
		"block 384.2 is Ready, and it is held: it must be NotReady":          func(v *buffer.View) { v.Blocks[4].State = buffer.Ready },
		"block 384.3 is NotReady, and nobody holds it":                       func(v *buffer.View) { v.Blocks[4].Generation = 3 },
	} {
		v := orderly()
		spoil(v)
		assert.ErrorContains(t, atRest(v, guardedBlock), want)
	}
}

// At rest every spare block is in one bag, and what else is there is dead.
func TestEveryInvariantOfBagsIsChecked(t *testing.T) {
	in := func(a buffer.Addr, generation uint16) buffer.BlockInfo {
		return buffer.BlockInfo{Address: a, Generation: generation, Size: 64, State: buffer.Spare}
	}
	type world struct {
		*buffer.View
		bags [][]buffer.BlockInfo
		kept int
	}
	good := func() *world {
		v := orderly()
		v.Blocks[4] = buffer.BlockInfo{Address: 384, Size: 64, State: buffer.Spare, Generation: 2}
		// Of the entries that are outdated one is below head, one evicted, and one dead.
		return &world{v, [][]buffer.BlockInfo{{in(0, 3), in(384, 2)}, {{Address: 128, Size: 128}, in(320, 0)}, nil}, 64}
	}
	check := func(w *world) error { return spares(w.View, w.bags, w.kept) }
	require.NoError(t, check(good()))
	require.NoError(t, atRest(good().View, func(buffer.Addr, uint16) buffer.State { return buffer.None }))
	for want, spoil := range map[string]func(w *world){
		"block 384.2 is Spare, and in 0 bags":                                func(w *world) { w.bags[0] = w.bags[0][:1] },
		"block 384.2 is Spare, and in 2 bags":                                func(w *world) { w.bags[2] = w.bags[0][1:] },
		"a bag has block 384.1 of 64 bytes, and the ring 384.2 of 64 bytes":  func(w *world) { w.bags[0][1].Generation = 1 },
		"a bag has block 384.2 of 128 bytes, and the ring 384.2 of 64 bytes": func(w *world) { w.bags[0][1].Size = 128 },
		"a bag has block 256.0, which is FreeListed":                         func(w *world) { w.bags[2] = []buffer.BlockInfo{in(256, 0)} },
		"a bag has block 64.0, which is Ready":                               func(w *world) { w.bags[2] = []buffer.BlockInfo{in(64, 0)} },
		"a bag has block 100, which is not in the ring":                      func(w *world) { w.bags[2] = []buffer.BlockInfo{in(100, 0)} },
		"block 128 is Spare below evicting":                                  func(w *world) { w.Blocks[1].State = buffer.Spare },
		"64 bytes are spare, and 63 may be":                                  func(w *world) { w.kept = 63 },
		"a bag has block 384.2, which is NotReady":                           func(w *world) { w.Blocks[4].State = buffer.NotReady },
		"a bag has block 512, which is not in the ring":                      func(w *world) { w.bags[2] = []buffer.BlockInfo{in(512, 0)} },
	} {
		w := good()
		spoil(w)
		assert.ErrorContains(t, check(w), want)
	}
}

func TestContentIsTold(t *testing.T) {
	names := []string{"a", "b"}
	block := make([]byte, 128)
	fill(block, tagOf(1))
	assert.Equal(t, -1, firstWrong(block, tagOf(1)))
	assert.Equal(t, 0, firstWrong(block, tagOf(0)))
	assert.Equal(t, "byte 8 of b", describeWord(block, 8, names))
	fill(block[64:], tagOf(0))
	assert.Equal(t, 64, firstWrong(block, tagOf(1)))
	assert.Equal(t, "byte 0 of a", describeWord(block, 64, names))
	block[20] ^= 1
	assert.Equal(t, 16, firstWrong(block, tagOf(1)))
	assert.Contains(t, describeWord(block, 16, names), "which no allocation has written")
}
