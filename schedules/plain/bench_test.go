package plain_test

import (
	"testing"

	"annulus/schedules/plain"
)

// node has a field of each kind.
type node struct {
	field int
	ours  plain.Var[int]
}

func BenchmarkGet(b *testing.B) {
	n := new(node)
	b.Run("field", func(b *testing.B) {
		var sum int
		for range b.N {
			sum += n.field
		}
		sink = sum
	})
	b.Run("var", func(b *testing.B) {
		var sum int
		for range b.N {
			sum += n.ours.Get()
		}
		sink = sum
	})
}

func BenchmarkSet(b *testing.B) {
	n := new(node)
	b.Run("field", func(b *testing.B) {
		for i := range b.N {
			n.field = i
		}
	})
	b.Run("var", func(b *testing.B) {
		for i := range b.N {
			n.ours.Set(i)
		}
	})
	sink = n.field + n.ours.Get()
}

var sink int
