package buffer

import (
	"slices"
	"unsafe"
)

// Config says what [New] builds. Capacity and one of Classes and Records are
// required; the zero value of everything else is a usable default.
type Config struct {
	// Capacity is the size of the ring in bytes: a multiple of Granule, at
	// least the largest size class. It need not be a power of two.
	Capacity int

	// Classes are the sizes of blocks in bytes, ascending, each a multiple of
	// Granule; at most 63. A request is rounded up to the next class.
	Classes []int

	// Records derives Classes from record and page sizes instead.
	Records Records

	// CopyOnAccessBytes is the size in bytes of the region before the oldest
	// end of the ring whose blocks are about to be evicted: they are not
	// reused after Free, and [Buffer.CopyOnAccess] reports them, so that
	// their owner may move data it still needs to the tail. A block is in
	// the region when its distance to the tail is at least Capacity -
	// CopyOnAccessBytes. 0 means there is no such region. It must be less
	// than Capacity minus the largest class, or blocks of that class would be
	// in the region from the start and never be reused.
	CopyOnAccessBytes int

	// Memory, if not nil, is used for the blocks instead of memory from the
	// operating system. At least Capacity bytes, aligned to 8. It belongs to
	// the Buffer until Close and is never freed by it.
	Memory []byte

	// EvictPatience is how many times an eviction looks again at a block that
	// someone else holds (a guard not released, a handle not freed), yielding
	// the processor between looks, before it gives the block back and returns
	// an error that wraps ErrPatience. It is also how often Drain and
	// AllocOrEvict look for the end of other evictions. It counts looks, not
	// time: whoever waits for callbacks that do slow I/O calls again, or sets
	// it high and bounds the wait by a context. 0 means DefaultEvictPatience.
	EvictPatience int

	// DiscardLive makes Close succeed although blocks are Ready: what they
	// hold is dropped without a callback. Blocks in use still make it fail.
	DiscardLive bool
}

// DefaultEvictPatience is the patience of an eviction, in looks, when
// [Config] does not say: about 20 milliseconds on current machines.
const DefaultEvictPatience = 1 << 17

// maxGranules bounds the ring so that slots fit in 32 bits, with one value
// left over to end a list: capacities below 256 GiB.
const maxGranules = 1<<32 - 1

// resolve checks every rule and fills in defaults.
func (c Config) resolve() (Config, error) {
	if err := c.resolveClasses(); err != nil {
		return c, err
	}
	largest := c.Classes[len(c.Classes)-1]
	switch {
	case c.Capacity <= 0 || c.Capacity%Granule != 0:
		return c, configError("Capacity", "is %d; must be a positive multiple of %d", c.Capacity, Granule)
	case c.Capacity < largest:
		return c, configError("Capacity", "is %d; must be at least the largest class (%d)", c.Capacity, largest)
	case uint64(c.Capacity)/Granule > maxGranules:
		return c, configError("Capacity", "is %d; must be below 256 GiB", c.Capacity)
	case c.CopyOnAccessBytes < 0 || c.CopyOnAccessBytes > 0 && c.CopyOnAccessBytes >= c.Capacity-largest:
		return c, configError("CopyOnAccessBytes", "is %d; must be at least 0, and less than Capacity minus the largest class (%d), or blocks of that class would never be reused",
			c.CopyOnAccessBytes, c.Capacity-largest)
	case c.EvictPatience < 0:
		return c, configError("EvictPatience", "is %d; must not be negative", c.EvictPatience)
	case c.Memory != nil && len(c.Memory) < c.Capacity:
		return c, configError("Memory", "has %d bytes; must have at least Capacity (%d)", len(c.Memory), c.Capacity)
	case c.Memory != nil && uintptr(unsafe.Pointer(unsafe.SliceData(c.Memory)))%8 != 0:
		return c, configError("Memory", "begins at an address that is not a multiple of 8")
	}
	if c.EvictPatience == 0 {
		c.EvictPatience = DefaultEvictPatience
	}
	return c, nil
}

func (c *Config) resolveClasses() error {
	derived := c.Records != Records{}
	switch {
	case derived && c.Classes != nil:
		return configError("Classes", "and Records are both given; give one")
	case derived:
		classes, err := c.Records.Classes()
		if err != nil {
			return err
		}
		c.Classes = classes
	case len(c.Classes) == 0:
		return configError("Classes", "is empty, and Records is not given; give one")
	}
	if len(c.Classes) > maxClasses {
		return configError("Classes", "has %d entries; at most %d are possible", len(c.Classes), maxClasses)
	}
	c.Classes = slices.Clone(c.Classes)
	for i, size := range c.Classes {
		switch {
		case size <= 0 || size%Granule != 0:
			return configError("Classes", "has %d at index %d; must be a positive multiple of %d", size, i, Granule)
		case i > 0 && size <= c.Classes[i-1]:
			return configError("Classes", "has %d after %d at index %d; must ascend", size, c.Classes[i-1], i)
		}
	}
	return nil
}
