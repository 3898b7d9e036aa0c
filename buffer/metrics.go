package buffer

// Metrics counts what is in the ring between head and tail. All figures belong
// to one moment as far as Alloc, Free and evictions go; a block that is
// released, claimed or cancelled during the call is counted once, in a state it
// had during the call.
type Metrics struct {
	Capacity int  `json:"capacity"` // bytes
	Head     Addr `json:"head"`
	Evicting Addr `json:"evicting"`
	Tail     Addr `json:"tail"`

	Allocated   int `json:"allocated"` // blocks of any state, fillers included
	NotReady    int `json:"notReady"`
	Ready       int `json:"ready"`
	Tombstoning int `json:"tombstoning"`
	Tombstone   int `json:"tombstone"` // fillers included
	FreeListed  int `json:"freeListed"`
	Evicted     int `json:"evicted"` // waiting for an older eviction to end
	Fillers     int `json:"fillers"`

	UsedBytes       int64       `json:"usedBytes"`       // from head to tail
	TombstoneBytes  int64       `json:"tombstoneBytes"`  // lost until evicted
	FreeListedBytes int64       `json:"freeListedBytes"` // open to reuse by their class
	SizeCounts      map[int]int `json:"sizeCounts"`      // blocks by size in bytes

	Outstanding int `json:"outstanding"` // evictions under way
	Returned    int `json:"returned"`    // evictions given back, to be served first
}

// Metrics walks over all blocks with the lock held: time proportional to their
// number, during which Alloc, Free and evictions wait. It is for tests and for
// occasional monitoring.
func (b *Buffer) Metrics() Metrics {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := Metrics{
		Capacity:    int(b.capacity),
		Head:        b.head,
		Evicting:    b.evicting,
		Tail:        Addr(b.tail.Load()), // Linearization point of Metrics.
		SizeCounts:  map[int]int{},
		Outstanding: b.outstanding,
		Returned:    len(b.returned),
	}
	m.UsedBytes = int64(m.Tail - m.Head)
	for i := range b.between(m.Head, m.Tail) {
		m.count(i)
	}
	return m
}

func (m *Metrics) count(i BlockInfo) {
	m.Allocated++
	m.SizeCounts[i.Size]++
	if i.Filler {
		m.Fillers++
	}
	switch i.State {
	case NotReady:
		m.NotReady++
	case Ready:
		m.Ready++
	case Tombstoning:
		m.Tombstoning++
	case Tombstone:
		m.Tombstone++
		m.TombstoneBytes += int64(i.Size)
	case FreeListed:
		m.FreeListed++
		m.FreeListedBytes += int64(i.Size)
	case Evicted:
		m.Evicted++
	}
}
