package linearizability

import (
	"encoding/binary"
	"fmt"
)

// Every block is filled with words that say to which allocation it belongs and
// where in the block they stand:
//
//	 63     48 47     32 31               0
//	┌─────────┬─────────┬──────────────────┐
//	│ tag     │ index   │ signature        │
//	└─────────┴─────────┴──────────────────┘
//
// The tag is the number of the variable plus one. The links of the free lists
// do not look like that.
const signature = 0x5eed_b10c

func tagOf(variable int) uint64 { return uint64(variable) + 1 }

func pattern(tag uint64, index int) uint64 {
	return tag<<48 | uint64(index)<<32 | signature
}

func fill(block []byte, tag uint64) {
	for i := 0; i < len(block); i += 8 {
		binary.LittleEndian.PutUint64(block[i:], pattern(tag, i/8))
	}
}

// firstWrong returns the offset of the first word that fill has not written, or
// -1.
func firstWrong(block []byte, tag uint64) int {
	for i := 0; i < len(block); i += 8 {
		if binary.LittleEndian.Uint64(block[i:]) != pattern(tag, i/8) {
			return i
		}
	}
	return -1
}

// describeWord tells what stands at an offset of a block in place of what
// should be there.
func describeWord(block []byte, offset int, names []string) string {
	word := binary.LittleEndian.Uint64(block[offset:])
	v := int(word>>48) - 1
	if uint32(word) != signature || v < 0 || v >= len(names) {
		return fmt.Sprintf("%#016x, which no allocation has written", word)
	}
	return fmt.Sprintf("byte %d of %s", uint16(word>>32)*8, names[v])
}
