// Package counter counts.
package counter

import "sync/atomic"

// Counter counts calls of Add.
type Counter struct{ n atomic.Int64 }

// Add adds one.
func (c *Counter) Add() { c.n.Add(1) }

// Count returns how often Add was called.
func (c *Counter) Count() int64 { return c.n.Load() }
