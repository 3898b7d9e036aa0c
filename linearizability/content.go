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
//	│ tag     │ index   │ hash of the rest │
//	└─────────┴─────────┴──────────────────┘
//
// The tag is the number of the variable plus one.
func pattern(tag uint64, index int) uint64 {
	rest := uint32(tag)<<16 | uint32(index)
	// An odd multiplier: different tags and indexes have different hashes.
	return uint64(rest)<<32 | uint64(rest*0x9e3779b1)
}

func tagOf(variable int) uint64 { return uint64(variable) + 1 }

func fill(block []byte, tag uint64) {
	for i := 0; i < len(block); i += 8 {
		binary.LittleEndian.PutUint64(block[i:], pattern(tag, i/8))
	}
}

// firstWrong returns the offset in bytes of the first word that differs from what fill
// writes, or -1.
func firstWrong(block []byte, tag uint64) int {
	for i := 0; i < len(block); i += 8 {
		if binary.LittleEndian.Uint64(block[i:]) != pattern(tag, i/8) {
			return i
		}
	}
	return -1
}

// describeWord describes a wrong word at an offset of a block: whose it is, if it is one
// that fill writes for another place.
func describeWord(block []byte, offset int, names []string) string {
	word := binary.LittleEndian.Uint64(block[offset:])
	tag, index := word>>48, int(uint16(word>>32))
	if word != pattern(tag, index) || tag < 1 || tag > uint64(len(names)) {
		return fmt.Sprintf("%#016x, which no allocation has written", word)
	}
	return fmt.Sprintf("byte %d of %s", index*8, names[tag-1])
}
