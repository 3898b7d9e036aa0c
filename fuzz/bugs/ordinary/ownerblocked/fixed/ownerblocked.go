// Package ownerblocked is the one beside it without the bug:
// https://github.com/cskr/pubsub/issues/6
//
// A member says that it leaves before it waits for the owner, who then waits for it no
// longer.
package ownerblocked

// Desk is a goroutine that owns the members, and does what it is asked to, one after the
// other.
type Desk struct {
	requests chan func()
	ended    chan struct{}
	members  map[*Member]bool
}

// Member receives what is published.
type Member struct {
	desk  *Desk
	inbox chan string
	left  chan struct{}
}

// New starts a desk.
func New() *Desk {
	d := &Desk{requests: make(chan func()), ended: make(chan struct{}), members: map[*Member]bool{}}
	go func() {
		defer close(d.ended)
		for request := range d.requests {
			request()
		}
	}()
	return d
}

// Join adds a member.
func (d *Desk) Join() *Member {
	m := &Member{desk: d, inbox: make(chan string), left: make(chan struct{})}
	d.requests <- func() { d.members[m] = true }
	return m
}

// Publish sends the text to the members.
func (d *Desk) Publish(text string) {
	d.requests <- func() {
		for m := range d.members {
			select {
			case m.inbox <- text:
			case <-m.left:
			}
		}
	}
}

// Leave removes the member.
func (m *Member) Leave() {
	close(m.left)
	m.desk.requests <- func() { delete(m.desk.members, m) }
}

// Close ends the desk.
func (d *Desk) Close() {
	close(d.requests)
	<-d.ended
}
