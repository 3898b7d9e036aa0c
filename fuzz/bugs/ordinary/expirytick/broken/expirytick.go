// Package expirytick has a bug that etcd had: https://github.com/etcd-io/etcd/pull/7492
//
// A pass is issued under the lock, with a message to the keeper, whose queue may be
// full. The keeper may be about to withdraw passes, for which it needs the lock.
package expirytick

import (
	"sync"
	"time"
)

// Office issues passes that are valid until the next tick but one at most.
type Office struct {
	lock   sync.Mutex
	issued int
	valid  map[int]bool
	fresh  chan int
	close  chan struct{}
	closed chan struct{}
}

// Open starts an office with a keeper.
func Open(tick time.Duration) *Office {
	o := &Office{valid: map[int]bool{}, fresh: make(chan int, 1), close: make(chan struct{}), closed: make(chan struct{})}
	go o.keep(tick)
	return o
}

func (o *Office) keep(tick time.Duration) {
	defer close(o.closed)
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	var passes []int
	for {
		select {
		case pass := <-o.fresh:
			passes = append(passes, pass)
		case <-ticks.C:
			o.withdraw(passes)
			passes = passes[:0]
		case <-o.close:
			return
		}
	}
}

func (o *Office) withdraw(passes []int) {
	for _, pass := range passes {
		o.lock.Lock()
		delete(o.valid, pass)
		o.lock.Unlock()
	}
}

// Issue returns a new pass.
func (o *Office) Issue() int {
	o.lock.Lock()
	o.issued++
	pass := o.issued
	o.valid[pass] = true
	o.fresh <- pass
	o.lock.Unlock()
	return pass
}

// Close ends the keeper.
func (o *Office) Close() {
	close(o.close)
	<-o.closed
}
