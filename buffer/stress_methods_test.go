package buffer_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// Real goroutines call every method at once, on one small ring after the other, until one
// of them has closed it. It is for the race detector, and so does as little as it can that
// orders one goroutine after another: each has its own blocks, and shares references only
// now and then. After one call of a method a goroutine yields: if it has touched after
// Unlock what the lock protects, another goroutine meets that before the next Unlock of
// the first hides it.
func TestStressEveryMethod(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	for round := range rounds {
		b, err := buffer.New(buffer.Config{
			Capacity: 32 * 64, Classes: []int{64, 128, 256}, CopyOnAccessBytes: 512, EvictPatience: 50,
			DiscardLive: true, Memory: make([]byte, 32*64), EvictBatch: 4, WorkerBytes: 1024,
		})
		require.NoError(t, err)
		var shared [4]atomic.Uint64
		var users sync.WaitGroup
		for i := range 4 {
			users.Go(func() {
				u := &user{t: t, b: b, k: b.NewWorker(), r: rand.New(rand.NewPCG(uint64(round), uint64(i))), shared: &shared}
				for range 200 {
					u.step()
				}
				u.letGo()
				for !u.close() { // others hold blocks or evict
					runtime.Gosched()
				}
			})
		}
		users.Wait()
		require.ErrorIs(t, b.Close(), buffer.ErrClosed)
		require.Zero(t, b.Metrics().Allocated)
		if t.Failed() {
			return
		}
	}
}

// user is a goroutine that uses a ring.
type user struct {
	t       *testing.T
	b       *buffer.Buffer
	k       *buffer.Worker // of this goroutine
	r       *rand.Rand
	shared  *[4]atomic.Uint64 // references
	guards  []buffer.Guard
	handles []buffer.Handle
	refs    []buffer.Ref
}

// oneIn returns true by a chance of one in n.
func (u *user) oneIn(n int) bool { return u.r.IntN(n) == 0 }

// expect fails the test if the error is not one of those that are good.
func (u *user) expect(op string, err error, good ...error) {
	for _, e := range good {
		if errors.Is(err, e) {
			return
		}
	}
	if err != nil {
		u.t.Errorf("%s: %v", op, err)
	}
}

func (u *user) step() {
	switch u.r.IntN(12) {
	case 0, 1:
		u.alloc()
	case 2, 3:
		u.release()
	case 4:
		u.tombstone()
	case 5, 6, 7:
		u.free()
	case 8:
		u.evict()
	case 9:
		u.read()
	case 10:
		u.look()
	case 11:
		if u.oneIn(100) {
			u.close()
		} else if u.oneIn(4) {
			u.renew()
		}
	}
	if u.oneIn(2) {
		runtime.Gosched()
	}
}

func (u *user) alloc() {
	if len(u.guards) > 2 {
		return
	}
	var g buffer.Guard
	var err error
	switch n := 1 + u.r.IntN(256); u.r.IntN(6) {
	case 0:
		g, err = u.b.AllocOrEvict(context.Background(), n, u.callback)
		u.expect("AllocOrEvict", err, buffer.ErrClosed, buffer.ErrPatience, errUnlucky)
	case 1:
		g, err = u.k.AllocOrEvict(context.Background(), n, u.callback)
		u.expect("Worker.AllocOrEvict", err, buffer.ErrClosed, buffer.ErrPatience, errUnlucky)
	case 2, 3:
		g, err = u.k.Alloc(n)
		u.expect("Worker.Alloc", err, buffer.ErrClosed, buffer.ErrFull)
	default:
		g, err = u.b.Alloc(n)
		u.expect("Alloc", err, buffer.ErrClosed, buffer.ErrFull)
	}
	if err == nil {
		g.Bytes()[0]++
		u.guards = append(u.guards, g)
		u.refs = append(u.refs, g.Ref())
	}
}

// release ends the oldest guard.
func (u *user) release() {
	if len(u.guards) == 0 {
		return
	}
	g := u.guards[0]
	u.guards = u.guards[1:]
	if u.oneIn(3) {
		u.handles = append(u.handles, g.Tombstone())
		return
	}
	if u.oneIn(4) {
		u.shared[u.r.IntN(4)].Store(uint64(g.Ref()))
	}
	g.Release()
}

func (u *user) tombstone() {
	if len(u.handles) > 2 {
		return
	}
	h, err := u.b.TryTombstone(u.some())
	u.expect("TryTombstone", err, buffer.ErrStale, buffer.ErrForeign, buffer.ErrBusy)
	if err == nil {
		h.Bytes()[0]++
		u.handles = append(u.handles, h)
	}
}

// free ends the oldest handle.
func (u *user) free() {
	if len(u.handles) == 0 {
		return
	}
	h := u.handles[0]
	u.handles = u.handles[1:]
	switch {
	case u.oneIn(4) && h.Ref() != 0:
		h.Cancel()
	case u.oneIn(2):
		u.k.Free(h)
	default:
		h.Free()
	}
}

// renew ends the Worker and takes another.
func (u *user) renew() {
	if u.k.Buffer() != u.b {
		u.t.Error("the Worker is of another Buffer")
	}
	for _, i := range u.b.Tools().Bag(u.k) {
		if i.State != buffer.Spare {
			u.t.Errorf("Bag: %v", i)
		}
	}
	u.expect("Worker.Close", u.k.Close())
	u.k = u.b.NewWorker()
}

// some returns a reference, which may be stale: one of its own, or of another user.
func (u *user) some() buffer.Ref {
	if len(u.refs) == 0 || u.oneIn(4) {
		return buffer.Ref(u.shared[u.r.IntN(4)].Load())
	}
	return u.refs[u.r.IntN(len(u.refs))]
}

func (u *user) evict() {
	var err error
	switch u.r.IntN(8) {
	case 0, 1, 2, 3:
		_, err = u.b.EvictOne(context.Background(), u.callback)
	case 4, 5, 6:
		_, err = u.b.EvictN(context.Background(), 3, u.callback)
	case 7:
		err = u.b.Drain(context.Background(), u.callback)
	}
	u.expect("evict", err, buffer.ErrClosed, buffer.ErrEmpty, buffer.ErrInFlight, buffer.ErrPatience, errUnlucky)
}

func (u *user) callback(k buffer.Block) error {
	if a, _ := u.b.Tools().Locate(k.Ref()); a != k.Address() {
		u.t.Errorf("block %v has the reference of %v", k.Address(), a)
	}
	k.Bytes()[0]++
	if u.oneIn(2) {
		runtime.Gosched()
	}
	if u.oneIn(4) {
		return errUnlucky
	}
	return nil
}

// read resolves a reference. It does not look at the bytes, for which it would need a
// lock of the test's.
func (u *user) read() {
	ref := u.some()
	p, err := u.b.Bytes(ref)
	u.expect("Bytes", err, buffer.ErrStale, buffer.ErrForeign)
	if err == nil && len(p) != cap(p) {
		u.t.Errorf("Bytes: %d of %d", len(p), cap(p))
	}
	_, err = u.b.CopyOnAccess(ref)
	u.expect("CopyOnAccess", err, buffer.ErrStale, buffer.ErrForeign)
}

// look looks at the whole ring, in one of the ways.
func (u *user) look() {
	switch u.r.IntN(3) {
	case 0:
		if m := u.b.Metrics(); m.Capacity != u.b.Capacity() || m.UsedBytes > int64(m.Capacity) {
			u.t.Errorf("Metrics: %v", m)
		}
	case 1:
		for i := range u.b.Blocks() {
			if u.oneIn(4) {
				break
			}
			if i.Size == 0 {
				u.t.Errorf("Blocks: %v", i)
			}
		}
	case 2:
		u.b.Tools().EachSync(func(any, string, int) {})
	}
}

// close reports whether the ring is closed.
func (u *user) close() bool {
	err := u.b.Close()
	var live *buffer.LiveError
	if errors.As(err, &live) {
		return false
	}
	u.expect("Close", err, buffer.ErrClosed)
	return true
}

// letGo ends all guards and handles.
func (u *user) letGo() {
	for _, g := range u.guards {
		g.Release()
	}
	for _, h := range u.handles {
		h.Cancel()
	}
}
