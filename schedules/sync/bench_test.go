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

func BenchmarkMapLoad(b *testing.B) {
	load := func(m table) func(*testing.B) {
		m.Store(1, 1)
		return func(b *testing.B) {
			for range b.N {
				m.Load(1)
			}
		}
	}
	b.Run("std", load(new(stdsync.Map)))
	b.Run("ours", load(new(sync.Map)))
}

func BenchmarkMapSwap(b *testing.B) {
	swap := func(m table) func(*testing.B) {
		return func(b *testing.B) {
			for range b.N {
				m.Swap(1, 1)
			}
		}
	}
	b.Run("std", swap(new(stdsync.Map)))
	b.Run("ours", swap(new(sync.Map)))
}

func BenchmarkPool(b *testing.B) {
	item := new(int)
	b.Run("std", func(b *testing.B) {
		p := new(stdsync.Pool)
		for range b.N {
			p.Put(item)
			p.Get()
		}
	})
	b.Run("ours", func(b *testing.B) {
		p := new(sync.Pool)
		for range b.N {
			p.Put(item)
			p.Get()
		}
	})
}

func BenchmarkCondSignal(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		c := stdsync.NewCond(new(stdsync.Mutex))
		for range b.N {
			c.Signal()
		}
	})
	b.Run("ours", func(b *testing.B) {
		c := sync.NewCond(new(sync.Mutex))
		for range b.N {
			c.Signal()
		}
	})
}

func BenchmarkOnceValue(b *testing.B) {
	once := func(f func() int) func(*testing.B) {
		return func(b *testing.B) {
			for range b.N {
				f()
			}
		}
	}
	b.Run("std", once(stdsync.OnceValue(func() int { return 1 })))
	b.Run("ours", once(sync.OnceValue(func() int { return 1 })))
}

func BenchmarkWaitGroup(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		wg := new(stdsync.WaitGroup)
		for range b.N {
			wg.Add(1)
			wg.Done()
			wg.Wait()
		}
	})
	b.Run("ours", func(b *testing.B) {
		wg := new(sync.WaitGroup)
		for range b.N {
			wg.Add(1)
			wg.Done()
			wg.Wait()
		}
	})
}
