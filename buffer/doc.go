// Package buffer is a ring of variable-size memory blocks for
// larger-than-memory storage engines: blocks are allocated at the tail, freed
// in any order and reused through free lists, and evicted in order from the
// head through a callback that may do I/O. All of it may be done by any number
// of goroutines at once; no lock is held while a callback runs.
//
// The design is that of the circular buffer of Bf-Tree (Hao and Chandramouli,
// VLDB 2024), in the line of FASTER's HybridLog (Chandramouli et al., SIGMOD
// 2018). What differs from it, and why, is told in docs/hazards.md; what each
// operation promises, in docs/specification.md.
//
// # A block's life
//
//	        Alloc                Guard.Release
//	(tail) ───────▶ NotReady ─────────────────▶ Ready ◀─────────┐
//	                  ▲  │ Guard.Tombstone        │ TryTombstone│ Handle.Cancel
//	            Alloc │  └────────────────────┐   │ or eviction │
//	                  │                       ▼   ▼             │
//	             FreeListed ◀──────────────── Tombstoning ──────┘
//	                  │        Handle.Free     │       │
//	                  ▼                        ▼       │ the callback
//	                Tombstone ◀────────────────┘       │ returned nil
//	                  │  the evictor                   │
//	                  └────────────▶ Evicted ◀─────────┘
//
// [Buffer.Alloc] returns a [Guard]: write the block, keep its [Ref], release
// the guard. [Buffer.Bytes] finds the block again. To free it, take a [Handle]
// with [Buffer.TryTombstone] and call Free. When Alloc answers [ErrFull], call
// [Buffer.EvictOne] (or use [Buffer.AllocOrEvict]): its callback gets the
// oldest block, writes it elsewhere, and updates whatever pointed to it.
//
// # Ownership
//
// A reference may be used by anyone at any time: it is checked against
// metadata that no user byte can imitate, and a reference to something that is
// gone gets [ErrStale]. Guards and handles belong to one owner and end once;
// to use one again is a defect of the caller and panics with an
// [OwnershipError].
//
// # Memory
//
// Blocks lie in memory mapped from the operating system, or handed in by the
// caller. Metadata is one word for each [Granule] of it. The garbage collector
// scans neither, and no operation allocates Go memory unless it fails.
package buffer
