package schedules

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// began says in a recorded trace what has come of t's arrival at its channels. nth is the
// case that it performs, -1 if it is none.
func (r *recorder) began(t *task, nth int) {
	ev := r.newest()
	defer boundedEvent(ev)
	if nth < 0 {
		ev.Result = "waits"
		if t.how == hook.NoneReady && t.complete {
			ev.Result = "none is ready"
		}
	}
	if t.selects() || t.op == hook.ChanPoll {
		ev.Object = -1
	}
	for i := range t.cases {
		c := &t.cases[i]
		if c.send && !t.selects() && c.channel != nil {
			ev.Args = r.sent(c.channel, c.box)
		}
	}
	if nth >= 0 && t.settled(t.op != hook.ChanPoll) {
		r.completed(t)
	} else if nth >= 0 {
		// It goes on in a step of its own.
	} else if t.selects() || t.op == hook.ChanPoll {
		ev.Args = r.e.casesOf(t)
	}
}

// completed says how the operation of t has ended.
func (r *recorder) completed(t *task) {
	ev := r.newest()
	defer boundedEvent(ev)
	if t.op == hook.ChanAwait {
		ev.Op = wentOn[t.how]
	}
	c := t.cases[t.chosen].channel
	ev.Object = r.object(c.object, ev.Op, r.waits.at[t.id])
	switch t.how {
	case hook.Received:
		ev.Result = "= " + r.sent(c, t.box)
	case hook.Drained:
		ev.Result = "finds it closed"
	case hook.IsClosed:
		ev.Result = "panics: it is closed"
	case hook.Sent:
		ev.Args = r.sent(c, t.cases[t.chosen].box)
	}
}

// wentOn are the words for how an operation that has waited goes on.
var wentOn = map[hook.Outcome]string{
	hook.Sent: "sent", hook.Received: "received", hook.Drained: "received", hook.IsClosed: "send",
}

// sent renders a value that goes through a channel.
func (r *recorder) sent(c *channel, box unsafe.Pointer) (text string) {
	if hook.Channels.Value == nil || box == nil {
		return ""
	}
	hook.Quietly(func() { text = r.plain(reflect.ValueOf(hook.Channels.Value(c.at, box))) })
	return text
}

// casesOf lists the cases of t's operation on channels: "receive from jobs or send on done".
func (e *engine) casesOf(t *task) string {
	var parts []string
	for i := range t.cases {
		c := &t.cases[i]
		part := "receive from "
		if c.send {
			part = "send on "
		}
		if c.channel == nil {
			part += "a nil channel"
		} else {
			part += e.nameOf(c.object)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " or ")
}

// waitsFor says what t, which is at an operation on channels, waits for.
func (e *engine) waitsFor(t *task) string {
	if t.selects() {
		return ""
	}
	switch c := &t.cases[0]; {
	case c.channel == nil:
		return ", and waits for ever"
	case c.send && c.size() > 0:
		return fmt.Sprintf(", whose buffer of %d is full", c.size())
	case c.send:
		return ", and nobody receives"
	}
	return ", and nobody sends"
}

// atChannels names the operation of t on channels, which waits.
func (e *engine) atChannels(t *task) string {
	switch {
	case len(t.cases) == 0:
		return "select {}"
	case t.selects():
		return "select: " + e.casesOf(t)
	}
	return e.casesOf(t)
}

// channelIn returns the words by which a line of Go names the channel of an operation, ""
// if it does not.
func channelIn(line, op string) string {
	for _, re := range channelSyntax[op] {
		if groups := re.FindStringSubmatch(line); groups != nil {
			return groups[1]
		}
	}
	return ""
}

// channelSyntax is how operations on channels are written.
var channelSyntax = func() map[string][]*regexp.Regexp {
	send := regexp.MustCompile(`(` + operand + `)\s*<-`)
	// Behind an operand the arrow is that of a send, and what follows is a value.
	receive := regexp.MustCompile(`(?:^|[^\pL\d_\])\s]|\bcase|\breturn|\brange|\bgo|\bdefer)\s*<-\s*(` + operand + `)`)
	ranges := regexp.MustCompile(`range\s+(` + operand + `)`)
	return map[string][]*regexp.Regexp{
		opNames[hook.ChanSend]:  {send},
		opNames[hook.ChanRecv]:  {receive, ranges},
		opNames[hook.ChanPoll]:  {receive, send},
		opNames[hook.ChanClose]: {regexp.MustCompile(`close\((` + operand + `)\)`)},
		opNames[hook.ChanLen]:   {regexp.MustCompile(`len\((` + operand + `)\)`)},
	}
}()
