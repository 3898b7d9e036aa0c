package repaired

import (
	"annulus/schedules/sync"
)

// Cache computes values when they are first asked for, each only once.
type Cache[K comparable, V any] struct {
	mu      sync.Mutex
	values  map[K]*cached[V]
	compute func(K) V
}

type cached[V any] struct {
	once  sync.Once
	value V
}

// NewCache returns an empty cache of what compute returns.
func NewCache[K comparable, V any](compute func(K) V) *Cache[K, V] {
	return &Cache[K, V]{values: map[K]*cached[V]{}, compute: compute}
}

// Get returns the value for the key.
func (c *Cache[K, V]) Get(key K) V {
	c.mu.Lock()
	v, ok := c.values[key]
	if !ok {
		v = new(cached[V])
		c.values[key] = v
	}
	c.mu.Unlock()
	v.once.Do(func() { v.value = c.compute(key) })
	return v.value
}
