package schedules

import (
	"slices"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// channel is what an execution knows about a channel besides the values in its buffer,
// which are in the channel itself.
//
// It works as in the runtime: who comes performs its operation if it can, and otherwise
// joins the queue of those who wait, of which the first is served by whoever comes next
// to the other end. To arrive is one step, which is never disabled. To go on from an
// operation on which the other end has a say is a second one, which comes after the step
// that has completed the operation, and which nothing can hinder any more.
//
// Two operations at the same end do not commute. Those at different ends do, unless one
// can tell which came first: the nth receive gets the value of the nth send in either
// order, and what a task that has found its partner there would know of it earlier than
// one that had to wait, it knows only after its second step. There are three who
// can tell:
//
//   - A select looks at both ends of all its channels. If it waits, then whoever completes
//     one of its cases takes it out of the queues of all others, and so changes them.
//   - A close makes the senders panic that wait. It does not commute with sends, nor with a
//     receive that makes room for one, or could have. It does with all other receives: who
//     waits then gets as little as who comes later.
//   - len counts the values between the two ends.
//
// The nth send happens before the nth receive goes on, and on a channel with a buffer
// of n values a receive before the nth send after its own goes on (The Go Memory Model).
type channel struct {
	*object         // its state is the end at which values come in, inner the one at which they leave
	fates   *object // its state is what becomes of values when it is closed; only reductions know it

	senders, receivers []waiter // that wait, in the order of their arrival
	sends, receives    []link   // the step that has sent, or received, the nth value
	closed             link     // the step that has closed it
	lost               bool     // when senders waited
}

// waiter is a task that waits for one of its cases.
type waiter struct {
	task *task
	nth  int
}

// link is a step from which another one follows.
type link struct {
	hash  uint64 // of its task behind it
	event int32  // or -1
	knows clock  // what its task knew, if clocks are kept
}

// inside reports whether the step is one of the execution.
func (l link) inside() bool { return l.hash != 0 }

// nowhere is a step outside the execution.
var nowhere = link{event: -1}

// channels are those of an execution.
type channels struct {
	all   []*channel // all[:used] belong to the execution
	used  int
	ready []int // see engine.choose
}

func (cs *channels) reset() { cs.used = 0 }

// channelAt returns the channel at p, which is added at its first use; nil for a nil channel.
func (e *engine) channelAt(p unsafe.Pointer) *channel {
	if p == nil {
		return nil
	}
	o := e.objects.get(p, hook.Chan)
	if o.channel != nil {
		return o.channel
	}
	cs := &e.channels
	if cs.used == len(cs.all) {
		cs.all = append(cs.all, new(channel))
	}
	c := cs.all[cs.used]
	cs.used++
	*c = channel{
		object: o, fates: e.objects.nameless(), closed: nowhere,
		senders: c.senders[:0], receivers: c.receivers[:0], sends: c.sends[:0], receives: c.receives[:0],
	}
	o.channel = c
	for range c.length() { // from before the execution
		c.sends = append(c.sends, nowhere)
	}
	return c
}

func (c *channel) length() int    { n, _, _ := hook.Channels.State(c.at); return n }
func (c *channel) size() int      { _, n, _ := hook.Channels.State(c.at); return n }
func (c *channel) isClosed() bool { _, _, closed := hook.Channels.State(c.at); return closed }

// canSend reports whether a send could be performed at once, be it by a panic.
func (c *channel) canSend() bool {
	length, size, closed := hook.Channels.State(c.at)
	return closed || length < size || len(c.receivers) > 0
}

// canReceive reports whether a receive could be performed at once.
func (c *channel) canReceive() bool {
	length, _, closed := hook.Channels.State(c.at)
	return closed || length > 0 || len(c.senders) > 0
}

// send performs the nth case of t, a send on c. It must be possible.
func (c *channel) send(t *task, nth int) {
	box := t.cases[nth].box
	if c.isClosed() {
		t.completes(nth, hook.IsClosed, nil, c.closed)
		return
	}
	if len(c.receivers) == 0 {
		hook.Channels.Put(c.at, box)
		c.accepts(t, nth)
		return
	}
	r := c.receivers[0]
	r.task.leaves()
	c.receives = append(c.receives, r.task.here)
	r.task.completes(r.nth, hook.Received, box, t.here)
	c.accepts(t, nth)
}

// accepts ends the send of t, whose value has found its place in the buffer or a receiver.
// The place is that of the value that was received as many sends ago as the buffer has
// places: that receive had to come first.
func (c *channel) accepts(t *task, nth int) {
	c.sends = append(c.sends, t.here)
	t.completes(nth, hook.Sent, nil, c.lastRoom())
}

// receive performs the nth case of t, a receive from c. It must be possible.
func (c *channel) receive(t *task, nth int) {
	var box unsafe.Pointer
	buffered := c.length() > 0
	switch {
	case buffered:
		box = hook.Channels.Take(c.at)
	case len(c.senders) == 0:
		t.completes(nth, hook.Drained, nil, c.closed)
		return
	}
	c.receives = append(c.receives, t.here)
	if len(c.senders) > 0 {
		s := c.senders[0]
		s.task.leaves()
		if sent := s.task.cases[s.nth].box; buffered {
			hook.Channels.Put(c.at, sent)
		} else {
			box = sent
		}
		c.accepts(s.task, s.nth)
	}
	t.completes(nth, hook.Received, box, c.sends[len(c.receives)-1])
}

// lastRoom returns the receive without which the last send would still wait, if there
// must have been one.
func (c *channel) lastRoom() link {
	if n := len(c.sends) - c.size(); n > 0 {
		return c.receives[n-1]
	}
	return nowhere
}

// close has all who wait go on. by is the step that closes c.
func (c *channel) close(by link) {
	c.closed, c.lost = by, len(c.senders) > 0
	for len(c.receivers) > 0 {
		r := c.receivers[0]
		r.task.leaves()
		r.task.completes(r.nth, hook.Drained, nil, by)
	}
	for len(c.senders) > 0 {
		s := c.senders[0]
		s.task.leaves()
		s.task.completes(s.nth, hook.IsClosed, nil, by)
	}
}

// leaves takes t out of all queues.
func (t *task) leaves() {
	for i := range t.cases {
		if c := t.cases[i].channel; c != nil {
			own := func(w waiter) bool { return w.task == t }
			c.senders = slices.DeleteFunc(c.senders, own)
			c.receivers = slices.DeleteFunc(c.receivers, own)
		}
	}
}
