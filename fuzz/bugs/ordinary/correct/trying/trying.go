// Package trying is correct, and easy to misjudge. A lock is only ever tried, again and
// again. It guards a plain variable as well as if it were waited for.
package trying

import "sync"

// Sum adds numbers.
type Sum struct {
	lock sync.Mutex
	sum  int
}

// Try adds the number and reports true, or reports false.
func (s *Sum) Try(number int) bool {
	if !s.lock.TryLock() {
		return false
	}
	defer s.lock.Unlock()
	s.sum += number
	return true
}

// Add tries until it has added.
func (s *Sum) Add(number int) {
	for !s.Try(number) {
	}
}
