package sync_test

import (
	stdsync "sync"
	"testing"

	"annulus/schedules/sync"
)

func BenchmarkMutex(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		m := new(stdsync.Mutex)
		for range b.N {
			m.Lock()
			m.Unlock()
		}
	})
	b.Run("ours", func(b *testing.B) {
		m := new(sync.Mutex)
		for range b.N {
			m.Lock()
			m.Unlock()
		}
	})
}

func BenchmarkRWMutex(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		m := new(stdsync.RWMutex)
		for range b.N {
			m.RLock()
			m.RUnlock()
		}
	})
	b.Run("ours", func(b *testing.B) {
		m := new(sync.RWMutex)
		for range b.N {
			m.RLock()
			m.RUnlock()
		}
	})
}
