package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var goCondBroadcast = Bug{
	Name:    "go-cond-broadcast",
	Project: "Go, sync.Cond",
	Link:    "https://github.com/golang/go/issues/14064",
	About: "A waiter counted itself, released the lock and only then slept on a semaphore, so that one who came " +
		"after a Broadcast could take the wake-up that was meant for a waiter still on its way to sleep. " +
		"Waiters now draw tickets, and a Broadcast wakes the tickets drawn before it.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		var l sync.Mutex
		c := newTicketCond(&l, repaired)
		var first, second bool
		s.Go("early", func() {
			l.Lock()
			defer l.Unlock()
			for !first {
				c.wait()
			}
			second = true
			c.broadcast()
		})
		s.Go("late", func() {
			l.Lock()
			defer l.Unlock()
			for !second {
				c.wait()
			}
		})
		l.Lock()
		defer l.Unlock()
		first = true
		c.broadcast()
	},
}

// ticketCond is a condition variable on top of a semaphore. What is below m stands
// for the semaphore, whose operations are atomic.
type ticketCond struct {
	l        *sync.Mutex // of the waiters, guards tickets
	tickets  int         // drawn so far
	awaited  int         // tickets drawn since the last broadcast
	m        sync.Mutex
	wake     *sync.Cond
	tokens   int // wake-ups not yet taken
	called   int // tickets below it have been called
	repaired bool
}

func newTicketCond(l *sync.Mutex, repaired bool) *ticketCond {
	c := &ticketCond{l: l, repaired: repaired}
	c.wake = sync.NewCond(&c.m)
	return c
}

func (c *ticketCond) wait() {
	ticket := c.tickets
	c.tickets++
	c.awaited++
	c.l.Unlock()
	c.m.Lock()
	for !c.woken(ticket) {
		c.wake.Wait()
	}
	c.tokens--
	c.m.Unlock()
	c.l.Lock()
}

// woken reports whether the holder of the ticket may go on.
func (c *ticketCond) woken(ticket int) bool {
	if c.repaired {
		return ticket < c.called
	}
	return c.tokens > 0
}

func (c *ticketCond) broadcast() {
	c.m.Lock()
	defer c.m.Unlock()
	c.tokens += c.awaited
	c.awaited = 0
	c.called = c.tickets
	c.wake.Broadcast()
}
