// Package loserwaits is the one beside it without the bug:
// https://github.com/etcd-io/etcd/pull/7902
//
// The lock is given back before the waiting.
package loserwaits

import "sync"

// Vote is won by the first who joins, and ended by the winner.
type Vote struct {
	lock   sync.Mutex
	won    bool
	voters []string
	ended  chan struct{}
}

// New returns a vote that nobody has joined.
func New() *Vote { return &Vote{ended: make(chan struct{})} }

// Join reports whether the voter has won.
func (v *Vote) Join() bool {
	v.lock.Lock()
	defer v.lock.Unlock()
	first := !v.won
	v.won = true
	return first
}

// Leave writes the voter down, and returns when the vote has ended.
func (v *Vote) Leave(name string, winner bool) {
	v.lock.Lock()
	v.voters = append(v.voters, name)
	if winner {
		close(v.ended)
	}
	v.lock.Unlock()
	<-v.ended
}

// Voters returns who has left.
func (v *Vote) Voters() []string {
	v.lock.Lock()
	defer v.lock.Unlock()
	return v.voters
}
