package swapped

import (
	"annulus/schedules/sync"
)

// Cache computes values when they are first asked for, each only once.
type Cache[K comparable, V any] struct {
	mu      sync.RWMutex
	values  map[K]V
	compute func(K) V
}

// NewCache returns an empty cache of what compute returns.
func NewCache[K comparable, V any](compute func(K) V) *Cache[K, V] {
	return &Cache[K, V]{values: map[K]V{}, compute: compute}
}

// Get returns the value for the key.
func (c *Cache[K, V]) Get(key K) V {
	c.mu.RLock()
	value, ok := c.values[key]
	c.mu.RUnlock()
	if ok {
		return value
	}
	value = c.compute(key)
	c.mu.Lock()
	c.values[key] = value
	c.mu.Unlock()
	return value
}
