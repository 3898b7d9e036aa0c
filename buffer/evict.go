package buffer

import (
	"context"

	"annulus/schedules/runtime"
)

// Block is a block under eviction, as its callback sees it: exclusive access,
// which ends when the callback returns. (As with a Handle, a copy kept for
// exactly 16 claims is not recognised.)
type Block struct {
	claim // Tombstoning
}

// Address returns the logical address of the block.
func (e Block) Address() Addr {
	if e.b == nil {
		panic(e.misuse("Block.Address"))
	}
	return e.b.addressOf(e.slot(), e.w)
}

// Ref returns the reference to the block. It is stale once the eviction has
// finished.
func (e Block) Ref() Ref { return e.ref() }

// Bytes returns the whole block, to the size of its class. The slice must not
// be used after the callback has returned; Bytes itself panics then.
func (e Block) Bytes() []byte { return e.whole("Block.Bytes") }

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
// waits for itself, and gets ErrPatience. callback must not be nil.
//
// Errors: ErrEmpty if there is no block to evict and no eviction under way.
// ErrInFlight if all blocks are being evicted by others. An
// [InterruptedError], which matches ErrInterrupted and unwraps to its cause,
// if callback returned an error, ctx ended while waiting, or patience ran out:
// the block is then as it was before, and is served to the next evictions
// before new ones, the lowest address first. The same is done when callback
// panics or exits its goroutine. ErrClosed.
//
// Of ctx only Err is called, and only while waiting. EvictOne does not
// allocate Go memory unless it fails.
func (b *Buffer) EvictOne(ctx context.Context, callback func(Block) error) (int, error) {
	r, err := b.evictNext(ctx, ^Addr(0), callback)
	return int(r.size), err
}

// evictNext takes one block below limit through the whole protocol: reserve,
// evict, finish. If it fails the reservation returned is zero.
func (b *Buffer) evictNext(ctx context.Context, limit Addr, callback func(Block) error) (reservation, error) {
	b.mu.Lock()
	r, w, err := b.reserve(limit)
	if w.state() == Tombstone {
		b.finish(r, w)
	}
	b.mu.Unlock()
	if err != nil || w.state() == Tombstone {
		return r, err
	}
	w, err = b.evict(ctx, r, callback)
	if err != nil {
		return reservation{}, err
	}
	b.mu.Lock()
	b.finish(r, w)
	b.mu.Unlock()
	return r, nil
}

// EvictN evicts up to n blocks, as n calls of EvictOne, and returns the bytes
// they occupied. It stops early at the address that was the tail when it
// began, so that a callback which allocates cannot keep it going for ever
// (evictions of others below that address may still be under way, and it does
// not wait for them); when there is nothing left to evict, which is no error; and at the first error,
// which it returns with the bytes evicted until then. If n is not positive it
// does nothing.
func (b *Buffer) EvictN(ctx context.Context, n int, callback func(Block) error) (bytes int64, err error) {
	end := Addr(b.tailAddr.Load())
	for ; n > 0; n-- {
		r, err := b.evictNext(ctx, end, callback)
		if err == ErrEmpty || err == errEnd {
			break
		}
		if err != nil {
			return bytes, err
		}
		bytes += int64(r.size)
	}
	return bytes, nil
}

// Drain evicts until the ring is empty: at one moment before it returns nil,
// head, evicting address and tail were equal. Evictions of others are waited
// for, at most Config.EvictPatience looks in a row or until ctx ends; then the
// error is ErrPatience or the context's, and Drain may be called again. From
// within a callback it waits for that very eviction. Allocations by others make
// it go on. Other errors are those of EvictOne.
func (b *Buffer) Drain(ctx context.Context, callback func(Block) error) error {
	for looks := 0; ; {
		_, err := b.evictNext(ctx, ^Addr(0), callback)
		switch err {
		case nil:
			looks = 0
		case ErrEmpty:
			return nil
		case ErrInFlight:
			if err := b.lookAgain(ctx, &looks); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// evict makes a reserved block ready to be finished, and returns its word:
// Tombstoning if the callback has had it, Tombstone if it was dead. If it fails
// the reservation has been given back. No lock is held.
func (b *Buffer) evict(ctx context.Context, r reservation, callback func(Block) error) (word, error) {
	// The common case first: no one else has the block.
	w := word(b.words[r.slot].Load())
	mine := w.state() == Ready && b.words[r.slot].CompareAndSwap(uint64(w), uint64(w.claimed()))
	if mine {
		// That was the linearization point of the evictor's claim.
		w = w.claimed()
	} else {
		var err error
		if w, mine, err = b.await(ctx, r); err != nil {
			return 0, err
		}
	}
	if mine {
		if err := b.call(r, w, callback); err != nil {
			return 0, err
		}
	}
	return w, nil
}

// call lets the callback have the block that this eviction has claimed. If the
// callback fails, panics or exits its goroutine, the block is given back.
func (b *Buffer) call(r reservation, w word, callback func(Block) error) (err error) {
	done := false
	defer func() {
		if !done {
			b.giveBack(r, w)
		}
	}()
	if err := callback(Block{b.claim(r.slot, w)}); err != nil {
		return &InterruptedError{Address: r.addr, State: Tombstoning, Cause: err}
	}
	done = true
	return nil
}

// await looks at the reserved block until it is this eviction's: claimed, and
// then mine is true, or dead. It gives the block back when patience or ctx runs
// out, also if ctx.Err panics.
func (b *Buffer) await(ctx context.Context, r reservation) (w word, mine bool, err error) {
	done := false
	defer func() {
		if !done {
			b.giveBack(r, 0)
		}
	}()
	for looks := 0; ; {
		w = b.load(r.slot)
		switch w.state() {
		case Ready:
			// Linearization point of the evictor's claim.
			if b.move(r.slot, w, w.claimed()) {
				done = true
				return w.claimed(), true, nil
			}
		case Tombstone:
			done = true
			return w, false, nil
		default: // NotReady or Tombstoning: someone holds it
			if err = b.lookAgain(ctx, &looks); err != nil {
				return w, false, &InterruptedError{Address: r.addr, State: w.state(), Cause: err}
			}
		}
	}
}

// lookAgain lets others run before the caller looks again for what it waits
// for, or says why it should not.
func (b *Buffer) lookAgain(ctx context.Context, looks *int) error {
	if *looks++; *looks >= b.patience {
		return ErrPatience
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	runtime.Gosched()
	return nil
}
