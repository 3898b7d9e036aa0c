// Package lazyvalue is correct, and easy to misjudge. The value is looked for without
// the lock, and looked for again under it. What it points to is plain memory, written
// before the pointer is published.
package lazyvalue

import (
	"sync"
	"sync/atomic"
)

// Table is made when it is first asked for.
type Table struct {
	rows atomic.Pointer[[]string]
	lock sync.Mutex
	made int
}

// Rows returns the rows.
func (t *Table) Rows() []string {
	if rows := t.rows.Load(); rows != nil {
		return *rows
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.rows.Load() == nil {
		t.made++
		rows := []string{"one"}
		rows = append(rows, "two")
		t.rows.Store(&rows)
	}
	return *t.rows.Load()
}
