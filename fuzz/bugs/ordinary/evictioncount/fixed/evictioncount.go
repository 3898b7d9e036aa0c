// Package evictioncount is the one beside it without the bug:
// https://github.com/istio/istio/pull/8144
//
// The count is atomic.
package evictioncount

import (
	"sync"
	"sync/atomic"
)

// Store drops what it has when it is told to.
type Store struct {
	lock    sync.Mutex
	items   map[string]bool
	orders  chan struct{}
	dropped func()
}

// New starts a store that calls dropped for every item that it drops.
func New(dropped func()) *Store {
	s := &Store{items: map[string]bool{}, orders: make(chan struct{}), dropped: dropped}
	go func() {
		for range s.orders {
			s.drop()
		}
	}()
	return s
}

func (s *Store) drop() {
	s.lock.Lock()
	defer s.lock.Unlock()
	for range s.items {
		s.dropped()
	}
	clear(s.items)
}

// Add adds an item.
func (s *Store) Add(item string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.items[item] = true
}

// Drop has all items dropped in the background.
func (s *Store) Drop() { s.orders <- struct{}{} }

// Close ends the store.
func (s *Store) Close() { close(s.orders) }

// Count counts.
type Count struct{ n atomic.Int64 }

// Up adds one.
func (c *Count) Up() { c.n.Add(1) }

// Value returns how often Up was called.
func (c *Count) Value() int64 { return c.n.Load() }
