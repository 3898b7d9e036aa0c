package buffer

import (
	"context"

	"annulus/schedules/runtime"
)

// Block is a block under eviction, as its callback sees it: exclusive access,
// which ends when the callback returns.
type Block struct {
	claim // Tombstoning
}

// Address returns the logical address of the block.
func (e Block) Address() Addr {
	e.notZero("Block.Address")
	return e.b.addressOf(e.slot, e.w)
}

// Ref returns the reference to the block. It is stale once the eviction has
// finished.
func (e Block) Ref() Ref { return e.ref("Block.Ref") }

// Bytes returns the whole block, to the size of its class. The slice must not
// be used after the callback has returned; Bytes itself panics then.
func (e Block) Bytes() []byte {
	e.notZero("Block.Bytes")
	return e.bytes("Block.Bytes", int(e.b.size(e.slot, e.w)))
}

// EvictOne evicts the oldest block and returns the number of bytes it
// occupied. If the block is Ready, callback is called with exclusive access to
// it and with no lock held; it may take as long as it likes, do I/O, and call
// other methods. A block that is dead already (freed, or a filler) goes
// without a callback, so not every eviction makes one.
//
// Evictions by several goroutines run at the same time. Blocks are reserved in
// address order; callbacks of different blocks may run and end in any order.
// Space becomes free in address order, when all older evictions have ended,
// which may be after EvictOne has returned. Each live block gets exactly one
// callback that returns nil, unless it is freed first: a callback that fails is
// followed by another, later and perhaps on another goroutine.
//
// While someone else holds the block (a guard, a handle) EvictOne waits,
// looking Config.EvictPatience times and yielding the processor in between. A
// goroutine that evicts while it holds a guard or handle of the oldest block
// waits for itself, and gets ErrPatience.
//
// Errors: ErrEmpty if there is no block to evict and no eviction under way.
// ErrInFlight if all blocks are being evicted by others. An
// [InterruptedError], which matches ErrInterrupted and unwraps to its cause,
// if callback returned an error, ctx ended while waiting, or patience ran out:
// the block is then as it was before, and is served to the next eviction
// before any other. The same is done when callback panics or exits its
// goroutine. ErrClosed.
//
// Of ctx only Err is called, and only while waiting. EvictOne does not
// allocate Go memory unless it fails.
func (b *Buffer) EvictOne(ctx context.Context, callback func(Block) error) (int, error) {
	r, err := b.reserve(^Addr(0))
	if err != nil {
		return 0, err
	}
	if err := b.evict(ctx, r, callback); err != nil {
		return 0, err
	}
	return int(r.size), nil
}

// EvictN evicts up to n blocks, as n calls of EvictOne, and returns the bytes
// they occupied. It stops early at the address that was the tail when it
// began, so that a callback which allocates cannot keep it going for ever; when
// there is nothing left to evict, which is no error; and at the first error,
// which it returns with the bytes evicted until then.
func (b *Buffer) EvictN(ctx context.Context, n int, callback func(Block) error) (bytes int64, err error) {
	end := Addr(b.tailAddr.Load())
	for ; n > 0; n-- {
		r, err := b.reserve(end)
		if err == ErrEmpty || err == errEnd {
			break
		}
		if err != nil {
			return bytes, err
		}
		if err := b.evict(ctx, r, callback); err != nil {
			return bytes, err
		}
		bytes += int64(r.size)
	}
	return bytes, nil
}

// Drain evicts until the ring is empty: at one moment before it returns nil,
// head, evicting address and tail were equal. Evictions of others are waited
// for, at most Config.EvictPatience looks in a row or until ctx ends; then the
// error is ErrPatience or the context's. Allocations by others make it go on.
// Other errors are those of EvictOne.
func (b *Buffer) Drain(ctx context.Context, callback func(Block) error) error {
	for looks := 0; ; {
		r, err := b.reserve(^Addr(0))
		switch err {
		case nil:
			if err := b.evict(ctx, r, callback); err != nil {
				return err
			}
			looks = 0
		case ErrEmpty:
			return nil
		case ErrInFlight:
			if looks++; looks >= b.patience {
				return ErrPatience
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			runtime.Gosched()
		default:
			return err
		}
	}
}

// evict takes a reserved block to Evicted, or gives the reservation back. It
// is the middle of the protocol reserve, evict, finish: no lock is held.
func (b *Buffer) evict(ctx context.Context, r reservation, callback func(Block) error) (err error) {
	var claimed word // the block's word once this eviction has claimed it
	evicted := false
	defer func() { // also when callback, or ctx.Err, panics or exits the goroutine
		if !evicted {
			b.giveBack(r, claimed)
		}
	}()
	w, err := b.acquire(ctx, r)
	if err == nil && w.state() == Tombstoning {
		claimed = w
		err = callback(Block{claim{b, w, r.slot}})
	}
	if err != nil {
		return &InterruptedError{Address: r.addr, State: w.state(), Cause: err}
	}
	evicted = true
	b.finish(r, w)
	return nil
}

// acquire waits until the reserved block is the evictor's: claimed
// (Tombstoning), or dead (Tombstone). It returns the block's word in that
// state, or, with the reason for giving up, as it was last seen.
func (b *Buffer) acquire(ctx context.Context, r reservation) (w word, err error) {
	for looks := 0; ; {
		w = b.load(r.slot)
		switch w.state() {
		case Ready:
			// Linearization point of the evictor's claim.
			if b.move(r.slot, w, w.claimed()) {
				return w.claimed(), nil
			}
		case Tombstone:
			return w, nil
		case FreeListed:
			b.unlist(r.slot)
		default: // NotReady or Tombstoning: someone holds it
			if looks++; looks >= b.patience {
				return w, ErrPatience
			}
			if err := ctx.Err(); err != nil {
				return w, err
			}
			runtime.Gosched()
		}
	}
}
