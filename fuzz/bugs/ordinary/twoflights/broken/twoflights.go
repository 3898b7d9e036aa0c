// Package twoflights has a bug that janos/singleflight had:
// https://github.com/janos/singleflight/issues/4
//
// One who no longer waits for a load takes it out of the table, though it goes on. The
// next one does not find it, and starts a second load of the same key beside it.
package twoflights

import (
	"context"
	"sync"
)

// Loader loads each key once at a time, for all who want it meanwhile.
type Loader struct {
	load  func(key string) int
	lock  sync.Mutex
	loads map[string]*loading
}

type loading struct {
	ended chan struct{}
	value int
}

// New returns a loader.
func New(load func(key string) int) *Loader {
	return &Loader{load: load, loads: map[string]*loading{}}
}

// Get waits for the value, or until ctx has ended.
func (l *Loader) Get(ctx context.Context, key string) (int, error) {
	one := l.join(key)
	select {
	case <-one.ended:
		return one.value, nil
	case <-ctx.Done():
		l.forget(key, one)
		return 0, ctx.Err()
	}
}

// join returns the load of the key that goes on, or starts one.
func (l *Loader) join(key string) *loading {
	l.lock.Lock()
	defer l.lock.Unlock()
	one, found := l.loads[key]
	if !found {
		one = &loading{ended: make(chan struct{})}
		l.loads[key] = one
		go func() {
			one.value = l.load(key)
			l.forget(key, one)
			close(one.ended)
		}()
	}
	return one
}

func (l *Loader) forget(key string, one *loading) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.loads[key] == one {
		delete(l.loads, key)
	}
}
