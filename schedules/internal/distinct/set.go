package distinct

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"annulus/schedules/internal/hash"
)

// DefaultLimit is how many hashes a set keeps before it samples. With this limit its table,
// which is at most half full, has 16 MiB up to the limit, and 32 MiB from then on.
const DefaultLimit = 1 << 20

// Set counts the different hashes that were added to it. Its zero value is empty and ready
// for use. Only one goroutine may use it at a time.
//
// Up to a limit it is exact. Beyond it follows Wegman's adaptive sampling
// (Flajolet, "On Adaptive Sampling", 1990): it keeps only those hashes whose scrambled
// value ends in a number of zero bits, one more whenever the limit is passed again, and
// counts each for 2^zeros hashes. The estimate has no bias and a standard error of about
// 1.2/√limit, 0.12 % by default. Which hashes are kept depends only on which were added,
// not on their order, so that the union of the sets of an exploration's shards is the set
// of the whole exploration.
type Set struct {
	// Limit bounds the number of hashes that are kept; 0 stands for DefaultLimit.
	Limit int

	slots []uint64 // scrambled hashes; open addressing, a power of two of them, at most half full
	kept  int      // those in use
	null  bool     // the scrambled hash 0, which in slots marks a free one, is in the set
	zeros uint     // low bits that must be 0 in scrambled hashes that are kept
}

// scramble spreads a hash over all bits. It is a bijection, so that different hashes have
// different scrambled values.
func scramble(h uint64) uint64 {
	g := hash.Generator(h)
	return g.Next()
}

// Add adds a hash. fresh reports whether it was not in the set. If the hash is not sampled
// that is not known: then both fresh and known are false.
func (c *Set) Add(h uint64) (fresh, known bool) {
	v := scramble(h)
	if !c.samples(v) {
		return false, false
	}
	fresh = c.insert(v)
	if c.size() > c.cap() {
		c.thin(c.zeros + 1)
	}
	return fresh, true
}

// Count returns the number of different hashes that were added. exact is false if
// it is an estimate.
func (c *Set) Count() (n int64, exact bool) {
	return int64(c.size()) << c.zeros, c.zeros == 0
}

// Union adds all hashes of the other set, which need not have the same limit.
func (c *Set) Union(other *Set) {
	if other.zeros > c.zeros {
		c.thin(other.zeros)
	}
	for _, v := range other.values() {
		if c.samples(v) {
			c.insert(v)
			if c.size() > c.cap() {
				c.thin(c.zeros + 1)
			}
		}
	}
}

func (c *Set) cap() int {
	if c.Limit > 0 {
		return c.Limit
	}
	return DefaultLimit
}

func (c *Set) size() int {
	if c.null {
		return c.kept + 1
	}
	return c.kept
}

func (c *Set) samples(v uint64) bool { return uint(bits.TrailingZeros64(v)) >= c.zeros }

// insert adds a scrambled hash and reports whether it was new.
func (c *Set) insert(v uint64) bool {
	if v == 0 {
		fresh := !c.null
		c.null = true
		return fresh
	}
	if 2*c.kept >= len(c.slots) {
		c.rebuild(max(64, 2*len(c.slots)))
	}
	i := c.find(v)
	if c.slots[i] == v {
		return false
	}
	c.slots[i] = v
	c.kept++
	return true
}

// find returns the slot that v is in, or the free one for it. The search begins at a slot
// given by the high bits of v, since the low ones are 0 in all that is sampled.
func (c *Set) find(v uint64) uint64 {
	mask := uint64(len(c.slots) - 1)
	i := v >> bits.LeadingZeros64(mask)
	for c.slots[i] != 0 && c.slots[i] != v {
		i = (i + 1) & mask
	}
	return i
}

// thin keeps only the hashes with at least so many zero bits, and fewer still if
// those are too many.
func (c *Set) thin(zeros uint) {
	c.zeros = zeros
	c.rebuild(len(c.slots))
	for c.size() > c.cap() {
		c.zeros++
		c.rebuild(len(c.slots))
	}
}

// rebuild moves what is still sampled into a new table.
func (c *Set) rebuild(slots int) {
	old := c.slots
	c.slots = make([]uint64, slots)
	c.kept = 0
	for _, v := range old {
		if v != 0 && c.samples(v) {
			c.slots[c.find(v)] = v
			c.kept++
		}
	}
}

// values returns the scrambled hashes in ascending order.
func (c *Set) values() []uint64 {
	all := make([]uint64, 0, c.size())
	if c.null {
		all = append(all, 0)
	}
	for _, v := range c.slots {
		if v != 0 {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return all
}

// version is the first byte of an encoded set. It is not about what is hashed: whoever
// stores a set must store a version of that beside it.
const version = 1

// MarshalBinary implements [encoding.BinaryMarshaler]. The encoding is the version, the
// number of zero bits, the number of hashes, and the scrambled hashes without the zero
// bits, in ascending order, each as its difference from the one before. Equal sets have
// equal encodings. The limit is not part of it. The error is always nil.
func (c *Set) MarshalBinary() ([]byte, error) {
	all := c.values()
	data := make([]byte, 0, 16+8*len(all))
	data = append(data, version, byte(c.zeros))
	data = binary.AppendUvarint(data, uint64(len(all)))
	before := uint64(0)
	for _, v := range all {
		v >>= c.zeros
		data = binary.AppendUvarint(data, v-before)
		before = v
	}
	return data, nil
}

var errEncoding = errors.New("schedules: not an encoded set of hashes")

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]. The set keeps its
// limit; if data has more hashes than that, it samples them further. An error
// leaves the set as it was.
func (c *Set) UnmarshalBinary(data []byte) error {
	if len(data) < 2 || data[1] > 63 {
		return errEncoding
	}
	if data[0] != version {
		return fmt.Errorf("schedules: a set of hashes of version %d, expected %d", data[0], version)
	}
	read := Set{Limit: c.Limit, zeros: uint(data[1])}
	zeros := read.zeros
	n, size := binary.Uvarint(data[2:])
	if size <= 0 || n > uint64(len(data)) {
		return errEncoding
	}
	data = data[2+size:]
	v := uint64(0)
	for i := range n {
		step, size := binary.Uvarint(data)
		if size <= 0 || i > 0 && step == 0 || step > ^uint64(0)>>zeros-v {
			return errEncoding
		}
		data = data[size:]
		v += step
		if w := v << zeros; read.samples(w) {
			read.insert(w)
			if read.size() > read.cap() {
				read.thin(read.zeros + 1)
			}
		}
	}
	if len(data) != 0 {
		return errEncoding
	}
	*c = read
	return nil
}
