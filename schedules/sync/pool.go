package sync

import (
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Pool is a set of items to be used again, a drop-in for [sync.Pool].
//
// Under a scheduler it is empty at the beginning of every execution, and Get may
// return any of the items that have been put and not been got, or none of them as
// if they had been dropped. Which of these it does is explored; the first to be
// tried is the item that was put last.
type Pool struct {
	std atomic.Pointer[sync.Pool]
	_   [unsafe.Sizeof(sync.Pool{}) - unsafe.Sizeof(uintptr(0)) - unsafe.Sizeof((func() any)(nil))]byte

	// New, if it is not nil, makes the item that Get returns where it would
	// return nil. It must not be changed while Get is called.
	New func() any
}

// Get removes an item from the pool and returns it. If it finds none it returns
// the result of New, or nil without that.
func (p *Pool) Get() any {
	var x any
	if c := current(unsafe.Pointer(p)); c != nil {
		x = p.getSlow(c)
	} else if std := p.std.Load(); std != nil {
		x = std.Get()
	}
	if x == nil && p.New != nil {
		x = p.New()
	}
	return x
}

// Put adds x to the pool, unless it is nil.
func (p *Pool) Put(x any) {
	if x == nil {
		return
	}
	if c := current(unsafe.Pointer(p)); c != nil {
		p.putSlow(c, x)
		return
	}
	p.standard().Put(x)
}

// standard returns the standard pool, which the first Put makes.
func (p *Pool) standard() *sync.Pool {
	if std := p.std.Load(); std != nil {
		return std
	}
	p.std.CompareAndSwap(nil, new(sync.Pool))
	return p.std.Load()
}

// items are what is in a pool during an execution.
type items struct {
	all  []item
	puts uint64
}

type item struct {
	value  any
	number uint64 // of its Put, from 1
}

func (p *Pool) items(c hook.Controller) *items {
	notes := c.Notes(unsafe.Pointer(p), hook.Pool)
	if *notes == nil {
		*notes = new(items)
	}
	return (*notes).(*items)
}

func (p *Pool) getSlow(c hook.Controller) any {
	if !c.Before(hook.PoolGet, hook.Pool, unsafe.Pointer(p), 0, 0) {
		return nil
	}
	in := p.items(c)
	n := len(in.all)
	var got item
	// Dropping an item is the same as never getting it.
	if k := c.Pick(n + 1); k < n {
		at := n - 1 - k
		got = in.all[at]
		in.all = slices.Delete(in.all, at, at+1)
	}
	c.After(got.number, hook.Read|hook.ChangedIf(got.number != 0))
	if c.Recording() {
		c.Show(nil, []any{got.value})
	}
	return got.value
}

func (p *Pool) putSlow(c hook.Controller, x any) {
	if !c.Before(hook.PoolPut, hook.Pool, unsafe.Pointer(p), 0, 0) {
		return
	}
	in := p.items(c)
	in.puts++
	in.all = append(in.all, item{x, in.puts})
	c.After(in.puts, hook.Changed)
	if c.Recording() {
		c.Show([]any{x}, nil)
	}
}
