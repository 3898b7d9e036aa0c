// Package sendunderlock has a bug that Kubernetes had:
// https://github.com/kubernetes/kubernetes/pull/10182
//
// A change is announced under the lock, which waits for the one who takes it. He takes
// the lock for each change that he has taken, so that he does not come back for the
// next one.
package sendunderlock

import "sync"

// Ledger keeps changes until somebody has dealt with them.
type Ledger struct {
	lock  sync.Mutex
	open  map[string]int
	fresh chan string
}

// New returns an empty ledger.
func New() *Ledger { return &Ledger{open: map[string]int{}, fresh: make(chan string)} }

// Enter adds a change, and waits until it is taken.
func (l *Ledger) Enter(name string, value int) {
	l.lock.Lock()
	l.open[name] = value
	l.fresh <- name
	l.lock.Unlock()
}

// Settle waits for a change and deals with it.
func (l *Ledger) Settle() (name string, value int) {
	name = <-l.fresh
	l.lock.Lock()
	defer l.lock.Unlock()
	value = l.open[name]
	delete(l.open, name)
	return name, value
}
