package schedules_test

import (
	"unsafe"

	"annulus/schedules/internal/hook"
)

// channel is a Go channel whose operations ask the scheduler, as those of a program do
// whose runtime has been given hooks.
type channel struct {
	values chan int
	closed bool
	polls  [1]hook.ChanCase // see poll
}

func newChannel(size int) *channel { return &channel{values: make(chan int, size)} }

func init() {
	at := func(ch unsafe.Pointer) *channel { return (*channel)(ch) }
	hook.Channels.State = func(ch unsafe.Pointer) (length, size int, closed bool) {
		c := at(ch)
		return len(c.values), cap(c.values), c.closed
	}
	hook.Channels.Put = func(ch, box unsafe.Pointer) {
		select {
		case at(ch).values <- *(*int)(box):
		default:
			panic("the buffer is full")
		}
	}
	hook.Channels.Take = func(ch unsafe.Pointer) unsafe.Pointer {
		select {
		case v := <-at(ch).values:
			return unsafe.Pointer(&v)
		default:
			panic("the buffer is empty")
		}
	}
	hook.Channels.Value = func(_, box unsafe.Pointer) any { return *(*int)(box) }
}

// channelCase is a case of a select: a send of the value, or a receive.
type channelCase struct {
	ch   *channel
	send bool
	v    int
}

// choose performs one of the cases and returns its number, -1 if that is none. Of a receive it
// returns the value, and whether one was sent.
func choose(block bool, cases ...channelCase) (nth, v int, ok bool) {
	list := make([]hook.ChanCase, len(cases))
	for i, c := range cases {
		list[i] = hook.ChanCase{Ch: unsafe.Pointer(c.ch), Send: c.send}
		if c.send {
			value := c.v
			list[i].Box = unsafe.Pointer(&value)
		}
	}
	nth, how, box := hook.Current().Channel(list, block)
	switch how {
	case hook.Received:
		return nth, *(*int)(box), true
	case hook.IsClosed:
		panic("send on closed channel")
	}
	return nth, 0, false
}

func (c *channel) send(v int) { choose(true, channelCase{c, true, v}) }

func (c *channel) receive() (v int, ok bool) {
	_, v, ok = choose(true, channelCase{ch: c})
	return v, ok
}

func (c *channel) close() {
	if c == nil {
		panic("close of nil channel")
	}
	if !hook.Current().Close(unsafe.Pointer(c)) {
		return
	}
	if c.closed {
		panic("close of closed channel")
	}
	c.closed = true
}

func (c *channel) len() int {
	h := hook.Current()
	if !h.Before(hook.ChanLen, hook.Chan, unsafe.Pointer(c), 0, 0) {
		return len(c.values)
	}
	n := len(c.values)
	h.After(uint64(n), hook.Read)
	return n
}

// pingPong has two tasks hand a ball to each other over two channels.
func pingPong(size, rounds int) func(*S) {
	return func(s *S) {
		a, b := newChannel(size), newChannel(size)
		s.Go("ping", func() {
			for i := range rounds {
				a.send(i)
				b.receive()
			}
		})
		s.Go("pong", func() {
			for range rounds {
				v, _ := a.receive()
				b.send(v)
			}
		})
	}
}

// workers has so many tasks take jobs from a channel until it is closed.
func workers(n, size, jobs int) func(*S) {
	return func(s *S) {
		todo, results := newChannel(size), newChannel(jobs)
		for range n {
			s.Go("worker", func() {
				for {
					v, ok := todo.receive()
					if !ok {
						return
					}
					results.send(v)
				}
			})
		}
		for i := range jobs {
			todo.send(i)
		}
		todo.close()
		s.Wait()
	}
}

// poll receives if that is possible at once. It leaves no address on the stack that another
// call would not, so that a loop of it is known to go round.
func (c *channel) poll() (v int, received bool) {
	c.polls[0] = hook.ChanCase{Ch: unsafe.Pointer(c)}
	if _, how, box := hook.Current().Channel(c.polls[:], false); how == hook.Received {
		return *(*int)(box), true
	}
	return 0, false
}
