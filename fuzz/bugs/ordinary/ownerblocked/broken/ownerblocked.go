// Package ownerblocked has a bug that cskr/pubsub had:
// https://github.com/cskr/pubsub/issues/6
//
// A goroutine owns the members, and also brings them what is published. It waits for a
// member that reads no more, which waits for that goroutine to take its leave.
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
			m.inbox <- text
		}
	}
}

// Leave removes the member.
func (m *Member) Leave() {
	m.desk.requests <- func() { delete(m.desk.members, m) }
}

// Close ends the desk.
func (d *Desk) Close() {
	close(d.requests)
	<-d.ended
}
