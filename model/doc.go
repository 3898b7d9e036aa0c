// Package model is the sequential specification of the ring buffer: what each
// operation may answer and what it changes, if operations happen one at a time.
//
// [Step] is a pure function. Given the state of the ring and an operation with
// its observed outcome it returns the next state, or a [*Refusal] naming the
// rule that this outcome breaks. It has no choices of its own: where the
// specification leaves the buffer a choice (which listed block of a class is
// reused), the outcome says which was taken. [Allowed] lists the outcomes that
// would be accepted, and [Invariants] checks what is true in every state.
//
// # Time
//
// An operation of the buffer that takes effect at one instant is one operation
// here. An eviction is several, because callers' code runs in the middle of it
// and because its parts become visible one after the other. In terms of a call
// that evicts one block, with the interval in which each part takes effect:
//
//	Reserve   call … callback entry, or call … return without a callback
//	Wait      the same; only if the block was in other hands
//	Claim     call … callback entry
//	Mark      callback return … return, or call … return without a callback
//	Finish    the same, after Mark
//	Unclaim   callback return … return, when the callback failed
//	Return    the same, after Unclaim; or call … return without a callback
//
// Mark and Finish are two instants where the buffer marks a block evicted
// before it takes the lock under which head moves: in between, the allocation
// is already gone, head has not moved unless an Alloc in need of room moved
// it, and the eviction still counts as in flight. Where the buffer does both
// at once, Mark can be left out and Finish does it. Unclaim and Return are
// related in the same way. Wait is required before a Return for want of
// patience.
//
// Taking a reserved block off its free list is no operation of its own: see
// the next section.
//
// # What is the same to callers is the same here
//
// A block on a free list that is reserved for eviction or has come into the
// copy-on-access region will never be handed out again. The buffer notices
// when it next comes across the block; here it becomes a Tombstone at once.
// No caller can tell, except by looking at the state of the block, and
// observations accept both.
//
// Likewise head, when it is observed, may or may not have passed blocks that
// are evicted but whose evictors are still on their way to move it.
//
// # Tags
//
// The bytes of a block are represented by a tag, the identity of what was last
// written. The tag 0 is "not known" in a block and "not looked at" in an
// operation, and matches anything; bytes that make no sense to the observer
// need a tag that is used for nothing else.
package model
