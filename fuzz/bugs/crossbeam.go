package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

// listChannel is the beginning of an unbounded channel: its first block, which
// the first sender allocates, and what a receiver does when it leaves. Three
// bugs in a row were in how these two meet, the second and the third in the
// repair of the one before.
type listChannel struct {
	repairs   crossbeamRepair
	index     atomic.Int64 // twice the number of messages, odd when the receiver has left
	tail      atomic.Pointer[channelBlock]
	head      atomic.Pointer[channelBlock]
	allocated *channelBlock // by the one sender that has installed it
}

type channelBlock struct {
	messages [2]atomic.Bool // whether they have been written
	freed    int
}

// crossbeamRepair says which of the repairs, in their order, the channel has.
type crossbeamRepair int

const (
	noRepair     crossbeamRepair = iota
	waitForBlock                 // a receiver that leaves waits for the first block
	swapBlock                    // it takes the block by a swap, in place of a load and a later store
	alwaysSwap                   // it does so also where it has waited
)

// send writes a message unless the receiver has left.
func (c *listChannel) send() {
	b := c.tail.Load()
	if b == nil {
		b = new(channelBlock)
		if c.tail.CompareAndSwap(nil, b) {
			c.allocated = b
			c.head.Store(b)
		} else {
			b = c.tail.Load()
		}
	}
	for {
		i := c.index.Load()
		if i%2 != 0 {
			return
		}
		if c.index.CompareAndSwap(i, i+2) {
			b.messages[i/2].Store(true)
			return
		}
	}
}

// leave is what the receiver does last: it discards the messages that are there.
func (c *listChannel) leave() {
	messages := (c.index.Add(1) - 1) / 2
	b := c.take(c.repairs >= swapBlock)
	if c.repairs >= waitForBlock && messages > 0 {
		for ; b == nil; b = c.take(c.repairs >= alwaysSwap) {
			runtime.Gosched()
		}
	}
	for i := range messages {
		for !b.messages[i].Load() {
			runtime.Gosched()
		}
	}
	if b != nil {
		b.freed++
	}
	if c.repairs < swapBlock {
		c.head.Store(nil)
	}
}

// take returns the first block, and takes it away if swap.
func (c *listChannel) take(swap bool) *channelBlock {
	if swap {
		return c.head.Swap(nil)
	}
	return c.head.Load()
}

// drop is what the last owner of the channel does.
func (c *listChannel) drop() {
	if b := c.head.Load(); b != nil {
		b.freed++
	}
}

// freed returns how often the block has been freed, and false if there was none.
func (c *listChannel) freed() (int, bool) {
	if c.allocated == nil {
		return 0, false
	}
	return c.allocated.freed, true
}

// either returns the repair that the repaired program has, or the one before.
func either(repaired bool, repair crossbeamRepair) crossbeamRepair {
	if repaired {
		return repair
	}
	return repair - 1
}

// twoSendersAndLeave is the scenario in which the receiver finds messages, but not
// yet the block in which they are.
func twoSendersAndLeave(s *schedules.S, c *listChannel) {
	s.Go("first sender", c.send)
	s.Go("second sender", func() {
		c.send()
		c.leave()
	})
	s.Wait()
	c.drop()
}
