// Package turnstile is correct, and easy to misjudge. Goroutines wait for each other,
// round after round. A count of rounds keeps one that is fast from going through twice
// on one call, and orders plain writes.
package turnstile

import "sync"

// Turnstile lets a group go through together, as often as it comes.
type Turnstile struct {
	lock   sync.Mutex
	turned sync.Cond
	group  int
	there  int
	rounds int
}

// New returns a turnstile for a group of this size.
func New(group int) *Turnstile {
	s := &Turnstile{group: group}
	s.turned.L = &s.lock
	return s
}

// Pass waits until the whole group is there.
func (s *Turnstile) Pass() {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.there++; s.there == s.group {
		s.there = 0
		s.rounds++
		s.turned.Broadcast()
		return
	}
	for round := s.rounds; s.rounds == round; {
		s.turned.Wait()
	}
}
