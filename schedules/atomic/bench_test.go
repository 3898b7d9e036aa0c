package atomic_test

import (
	stdatomic "sync/atomic"
	"testing"

	"annulus/schedules/atomic"
)

func BenchmarkLoad(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		x := new(stdatomic.Uint64)
		var sum uint64
		for range b.N {
			sum += x.Load()
		}
		sink = sum
	})
	b.Run("ours", func(b *testing.B) {
		x := new(atomic.Uint64)
		var sum uint64
		for range b.N {
			sum += x.Load()
		}
		sink = sum
	})
}

func BenchmarkCompareAndSwap(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		x := new(stdatomic.Uint64)
		for i := range uint64(b.N) {
			x.CompareAndSwap(i, i+1)
		}
	})
	b.Run("ours", func(b *testing.B) {
		x := new(atomic.Uint64)
		for i := range uint64(b.N) {
			x.CompareAndSwap(i, i+1)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		x := new(stdatomic.Uint64)
		for range b.N {
			x.Add(1)
		}
	})
	b.Run("ours", func(b *testing.B) {
		x := new(atomic.Uint64)
		for range b.N {
			x.Add(1)
		}
	})
}

func BenchmarkPointerSwap(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		x, v := new(stdatomic.Pointer[int]), new(int)
		for range b.N {
			x.Swap(v)
		}
	})
	b.Run("ours", func(b *testing.B) {
		x, v := new(atomic.Pointer[int]), new(int)
		for range b.N {
			x.Swap(v)
		}
	})
}

func BenchmarkAddFunction(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		x := new(uint64)
		for range b.N {
			stdatomic.AddUint64(x, 1)
		}
	})
	b.Run("ours", func(b *testing.B) {
		x := new(uint64)
		for range b.N {
			atomic.AddUint64(x, 1)
		}
	})
}

func BenchmarkValueLoad(b *testing.B) {
	b.Run("std", func(b *testing.B) {
		x := new(stdatomic.Value)
		x.Store(1)
		for range b.N {
			_ = x.Load()
		}
	})
	b.Run("ours", func(b *testing.B) {
		x := new(atomic.Value)
		x.Store(1)
		for range b.N {
			_ = x.Load()
		}
	})
}

var sink uint64
