package hook

import (
	"sync"
	"testing"
)

func TestGoroutineIdentity(t *testing.T) {
	for name, identify := range map[string]func() uintptr{"fast": G, "parsed": Goroutine} {
		t.Run(name, func(t *testing.T) {
			const n = 32
			var ids [n]uintptr
			var all, identified sync.WaitGroup
			identified.Add(n)
			for i := range n {
				all.Go(func() {
					ids[i] = identify()
					identified.Done()
					identified.Wait() // all alive at once
					if again := identify(); again != ids[i] {
						t.Errorf("goroutine was %#x and then %#x", ids[i], again)
					}
				})
			}
			all.Wait()
			seen := map[uintptr]bool{0: true}
			for _, id := range ids {
				if seen[id] {
					t.Errorf("identity %#x is zero or shared", id)
				}
				seen[id] = true
			}
		})
	}
}

func BenchmarkG(b *testing.B) {
	for b.Loop() {
		_ = G()
	}
}
