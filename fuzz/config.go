package fuzz

import (
	"fmt"
	"slices"

	"annulus/buffer"
	"annulus/model"
)

// Config describes the ring that a [Program] runs on. Rings are small, so that
// programs of a few dozen operations fill them and wrap around.
type Config struct {
	// Capacity is the size of the ring in bytes: a multiple of
	// [buffer.Granule], the largest class and up to 31 granules more.
	Capacity int
	// Classes are the size classes in bytes, ascending: multiples of
	// [buffer.Granule] up to eight granules.
	Classes []int
	// CopyOnAccessBytes is as in [buffer.Config], and a multiple of
	// [buffer.Granule]: 0, or less than Capacity minus the largest class.
	CopyOnAccessBytes int
	// EvictPatience is as in [buffer.Config]: 1 to 4 looks.
	EvictPatience int
	// DiscardLive is as in [buffer.Config].
	DiscardLive bool
	// EvictBatch is as in [buffer.Config]: 0, 2, 3 or 16.
	EvictBatch int
	// WorkerBytes is as in [buffer.Config]: nothing, a quarter, half or all of Capacity.
	WorkerBytes int
	// ProvideMemory runs the ring in memory of the caller's, which is longer
	// than the ring and is checked not to be written to outside of it.
	ProvideMemory bool
}

const (
	maxClassGranules = 8
	maxSpareGranules = 31
	maxPatience      = 4
)

// runs are the blocks of a batch, and parts the share of the capacity that Workers may
// keep, in quarters, each for two bits.
var (
	runs  = [4]int{0, 2, 3, 16}
	parts = [4]int{0, 1, 2, 4}
)

// part returns the bytes of Workers for a code.
func (c Config) part(code byte) int { return c.Capacity / 4 * parts[code] }

// Validate returns an error naming the first field that is out of range.
func (c Config) Validate() error {
	if len(c.Classes) == 0 {
		return fmt.Errorf("fuzz: Config.Classes is empty")
	}
	for i, size := range c.Classes {
		if size <= 0 || size%buffer.Granule != 0 || size > maxClassGranules*buffer.Granule || i > 0 && size <= c.Classes[i-1] {
			return fmt.Errorf("fuzz: Config.Classes has %d at index %d; must ascend in multiples of %d up to %d",
				size, i, buffer.Granule, maxClassGranules*buffer.Granule)
		}
	}
	spare := c.Capacity - c.largest()
	switch {
	case spare < 0 || spare%buffer.Granule != 0 || spare > maxSpareGranules*buffer.Granule:
		return fmt.Errorf("fuzz: Config.Capacity is %d; must be the largest class (%d) and up to %d granules more",
			c.Capacity, c.largest(), maxSpareGranules)
	case c.CopyOnAccessBytes < 0 || c.CopyOnAccessBytes%buffer.Granule != 0 || c.CopyOnAccessBytes >= max(spare, 1):
		return fmt.Errorf("fuzz: Config.CopyOnAccessBytes is %d; must be 0, or a multiple of %d below Capacity minus the largest class (%d)",
			c.CopyOnAccessBytes, buffer.Granule, spare)
	case !slices.Contains(runs[:], c.EvictBatch):
		return fmt.Errorf("fuzz: Config.EvictBatch is %d; must be one of %v", c.EvictBatch, runs)
	case c.partCode() == len(parts):
		return fmt.Errorf("fuzz: Config.WorkerBytes is %d; must be 0, 1, 2 or 4 quarters of Capacity", c.WorkerBytes)
	case c.EvictPatience < 1 || c.EvictPatience > maxPatience:
		return fmt.Errorf("fuzz: Config.EvictPatience is %d; must be 1 to %d", c.EvictPatience, maxPatience)
	}
	return nil
}

// partCode returns the code of WorkerBytes, or one too many.
func (c Config) partCode() int {
	for code := range parts {
		if c.WorkerBytes == c.part(byte(code)) {
			return code
		}
	}
	return len(parts)
}

// String returns the configuration on one line.
func (c Config) String() string {
	s := fmt.Sprintf("capacity %d, classes %v, copy-on-access %d, patience %d",
		c.Capacity, c.Classes, c.CopyOnAccessBytes, c.EvictPatience)
	if c.DiscardLive {
		s += ", Close discards live blocks"
	}
	if c.EvictBatch > 0 {
		s += fmt.Sprintf(", batches of %d", c.EvictBatch)
	}
	if c.WorkerBytes > 0 {
		s += fmt.Sprintf(", %d bytes for Workers", c.WorkerBytes)
	}
	if c.ProvideMemory {
		s += ", memory provided"
	}
	return s
}

func (c Config) largest() int { return c.Classes[len(c.Classes)-1] }

// real returns the configuration of the buffer, in memory if it is not nil.
func (c Config) real(memory []byte) buffer.Config {
	return buffer.Config{
		Capacity:          c.Capacity,
		Classes:           c.Classes,
		CopyOnAccessBytes: c.CopyOnAccessBytes,
		EvictPatience:     c.EvictPatience,
		DiscardLive:       c.DiscardLive,
		EvictBatch:        c.EvictBatch,
		WorkerBytes:       c.WorkerBytes,
		Memory:            memory,
	}
}

// model returns the configuration of the model.
func (c Config) model() model.Config {
	m := model.Config{
		Capacity:          uint64(c.Capacity),
		CopyOnAccessBytes: uint64(c.CopyOnAccessBytes),
		DiscardLive:       c.DiscardLive,
		Batch:             c.EvictBatch,
	}
	for _, size := range c.Classes {
		m.Classes = append(m.Classes, uint64(size))
	}
	return m
}

// configBytes is the length of an encoded Config:
//
//	0  bit i set: there is a class of i+1 granules; none: one granule
//	1  granules of capacity beyond the largest class, mod 32
//	2  granules of copy-on-access, mod those beyond the largest class
//	3  bits 0-1 patience less 1, bit 2 DiscardLive, bit 3 ProvideMemory,
//	   bits 4-5 EvictBatch, bits 6-7 WorkerBytes
const configBytes = 4

func decodeConfig(b [configBytes]byte) Config {
	var c Config
	for i := range maxClassGranules {
		if b[0]>>i&1 == 1 {
			c.Classes = append(c.Classes, (i+1)*buffer.Granule)
		}
	}
	if len(c.Classes) == 0 {
		c.Classes = []int{buffer.Granule}
	}
	spare := int(b[1]) % (maxSpareGranules + 1)
	c.Capacity = c.largest() + spare*buffer.Granule
	c.CopyOnAccessBytes = int(b[2]) % max(spare, 1) * buffer.Granule
	c.EvictPatience = int(b[3]%maxPatience) + 1
	c.DiscardLive = b[3]>>2&1 == 1
	c.ProvideMemory = b[3]>>3&1 == 1
	c.EvictBatch, c.WorkerBytes = runs[b[3]>>4%4], c.part(b[3]>>6)
	return c
}

// encode is the inverse of decodeConfig for a valid configuration.
func (c Config) encode() (b [configBytes]byte) {
	for i := range maxClassGranules {
		if slices.Contains(c.Classes, (i+1)*buffer.Granule) {
			b[0] |= 1 << i
		}
	}
	b[1] = byte((c.Capacity - c.largest()) / buffer.Granule)
	b[2] = byte(c.CopyOnAccessBytes / buffer.Granule)
	b[3] = byte(c.EvictPatience-1) | code(runs[:], c.EvictBatch)<<4 | byte(c.partCode())<<6
	if c.DiscardLive {
		b[3] |= 1 << 2
	}
	if c.ProvideMemory {
		b[3] |= 1 << 3
	}
	return b
}
