package model

import (
	"fmt"
	"slices"
)

// LastGeneration is the generation after which a block is not reused, unless
// [Config.LastGeneration] says otherwise.
const LastGeneration = 65534

// Config describes the ring that is modelled.
type Config struct {
	Capacity uint64   // bytes
	Classes  []uint64 // block sizes in bytes, ascending

	// CopyOnAccessBytes is the size of the region behind head, in bytes, whose
	// blocks are about to be evicted and are therefore not reused; 0 is off.
	CopyOnAccessBytes uint64
	// Batch is how many reservations one evictor may have at once; 0 means 1.
	Batch int
	// LastGeneration is the last generation of a block; 0 means 65534.
	LastGeneration uint16
	// LastTail is the last address at which a block may begin; 0 means no end.
	LastTail Addr
	// DiscardLive lets Close drop blocks that are Ready.
	DiscardLive bool
}

// Validate reports the first field that breaks a rule, and the rule.
func (c *Config) Validate() error {
	if len(c.Classes) == 0 || c.Classes[0] == 0 {
		return fmt.Errorf("model: Classes %v: at least one class, and none of 0 bytes", c.Classes)
	}
	for i := 1; i < len(c.Classes); i++ {
		if c.Classes[i] <= c.Classes[i-1] {
			return fmt.Errorf("model: Classes %v: must ascend", c.Classes)
		}
	}
	if largest := c.Classes[len(c.Classes)-1]; c.Capacity < largest {
		return fmt.Errorf("model: Capacity %d: must hold a block of the largest class, %d", c.Capacity, largest)
	}
	if c.CopyOnAccessBytes >= c.Capacity {
		return fmt.Errorf("model: CopyOnAccessBytes %d: must be less than Capacity, %d", c.CopyOnAccessBytes, c.Capacity)
	}
	if c.Batch < 0 {
		return fmt.Errorf("model: Batch %d: must not be negative", c.Batch)
	}
	return nil
}

// Class returns the class a request of n bytes is rounded up to.
func (c *Config) Class(n int) (size uint64, ok bool) {
	if n <= 0 {
		return 0, false
	}
	for _, size := range c.Classes {
		if uint64(n) <= size {
			return size, true
		}
	}
	return 0, false
}

// CopyOnAccess reports whether a block at a lies in the copy-on-access region
// when the tail is where s has it.
func (c *Config) CopyOnAccess(s State, a Addr) bool {
	return c.CopyOnAccessBytes > 0 && uint64(s.Tail-a) >= c.Capacity-c.CopyOnAccessBytes
}

// Usable reports whether a block at a may be reused if it is free: it is
// neither reserved for eviction nor in the copy-on-access region. Tail and
// evicting only grow, so an unusable block never becomes usable again.
func (c *Config) Usable(s State, a Addr) bool {
	return a >= s.Evicting && !c.CopyOnAccess(s, a)
}

// batch returns how many reservations an evictor may have.
func (c *Config) batch() int { return max(1, c.Batch) }

func (c *Config) lastGeneration() uint16 {
	if c.LastGeneration == 0 {
		return LastGeneration
	}
	return c.LastGeneration
}

// settle makes tombstones of the listed blocks that are no longer usable, after
// tail or evicting has moved. The buffer does so when it comes across them; no
// caller can tell the difference. A spare block is settled when it is reserved,
// and not before: see OpAim.
func (c *Config) settle(s *State, by Actor) {
	stale := func(l Listed) bool { return !c.Usable(*s, l.Addr) }
	if !slices.ContainsFunc(s.Free, stale) {
		return // most steps: nothing is copied
	}
	for _, l := range s.Free {
		if stale(l) {
			s.move(s.find(l.Addr), Tombstone, by)
		}
	}
	s.Free = slices.DeleteFunc(slices.Clone(s.Free), stale)
}
