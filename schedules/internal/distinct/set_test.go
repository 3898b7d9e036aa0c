package distinct

import (
	"bytes"
	"encoding"
	"math"
	"testing"

	"annulus/schedules/internal/hash"
)

var (
	_ encoding.BinaryMarshaler   = (*Set)(nil)
	_ encoding.BinaryUnmarshaler = (*Set)(nil)
)

// hashes returns n different hashes that are anything but random.
func hashes(n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i) << 7
	}
	return all
}

func setOf(limit int, hashes ...uint64) *Set {
	c := &Set{Limit: limit}
	for _, h := range hashes {
		c.Add(h)
	}
	return c
}

func encoded(t interface {
	Helper()
	Fatal(...any)
}, c *Set) []byte {
	t.Helper()
	data, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSetsAreExactUpToTheLimit(t *testing.T) {
	const n = 5000
	c := &Set{Limit: n}
	// 0 marks a free slot, and this is what is scrambled to it.
	null := uint64(0)
	null -= 0x9e3779b97f4a7c15
	if scramble(null) != 0 {
		t.Fatal("another hash is scrambled to 0")
	}
	all := append(hashes(n-1), null)
	for round := range 2 {
		for i, h := range all {
			if fresh, known := c.Add(h); fresh != (round == 0) || !known {
				t.Fatalf("round %d: hash %d: fresh %v, known %v", round, i, fresh, known)
			}
		}
		if got, exact := c.Count(); got != n || !exact {
			t.Fatalf("round %d: count %d, exact %v", round, got, exact)
		}
	}
	c.Add(1)
	if _, exact := c.Count(); exact {
		t.Error("still exact beyond the limit")
	}
}

// The estimate is within four standard errors, and the memory bounded.
func TestSetsAreEstimatedBeyondTheLimit(t *testing.T) {
	for _, limit := range []int{1, 7, 1000, 1 << 14} {
		for _, n := range []int{limit + 1, 3 * limit, 50 * limit} {
			c := setOf(limit, hashes(n)...)
			got, exact := c.Count()
			if exact {
				t.Errorf("limit %d, %d hashes: said to be exact", limit, n)
			}
			if c.size() > limit || len(c.slots) > max(64, 4*limit) {
				t.Errorf("limit %d: %d hashes in %d slots", limit, c.size(), len(c.slots))
			}
			if wrong := math.Abs(float64(got)/float64(n) - 1); wrong > 4*1.2/math.Sqrt(float64(limit)) {
				t.Errorf("limit %d: %d hashes were estimated as %d", limit, n, got)
			}
			for _, h := range hashes(n) {
				if fresh, known := c.Add(h); fresh || known != c.samples(scramble(h)) {
					t.Fatalf("limit %d: a hash that was added before is fresh: %v, known: %v", limit, fresh, known)
				}
			}
		}
	}
}

// Whatever the order and the parts, the union of the parts is the whole.
func TestTheUnionOfShardsIsTheWhole(t *testing.T) {
	const n = 10_000
	all := hashes(n)
	for _, limit := range []int{100, 3000, n} {
		whole := encoded(t, setOf(limit, all...))
		for _, cuts := range [][2]int{{0, n}, {n, n}, {5000, 5000}, {10, 9990}, {6000, 2000}, {3000, 1000}} {
			a, b := setOf(limit, all[:cuts[0]]...), setOf(limit, all[cuts[1]:]...)
			middle := &Set{Limit: limit}
			for i := range max(cuts[0], cuts[1]) - min(cuts[0], cuts[1]) {
				middle.Add(all[min(cuts[0], cuts[1])+i])
			}
			a.Union(b)
			a.Union(middle)
			if !bytes.Equal(encoded(t, a), whole) {
				t.Errorf("limit %d, parts %v: the union differs from the whole", limit, cuts)
			}
			b.Union(a)
			if !bytes.Equal(encoded(t, b), whole) {
				t.Errorf("limit %d, parts %v: the union depends on its order", limit, cuts)
			}
		}
	}
	wide, narrow := setOf(n, all...), setOf(100, all...)
	narrow.Union(setOf(n, all...))
	wide.Union(setOf(100, all...))
	if x, y := encoded(t, wide), encoded(t, narrow); !bytes.Equal(x, y) {
		t.Error("sets of different limits lose what the narrower one has lost, and nothing else")
	}
}

func TestSetsSurviveTheirEncoding(t *testing.T) {
	for _, n := range []int{0, 1, 2, 99, 100, 101, 5000} {
		data := encoded(t, setOf(100, hashes(n)...))
		back := &Set{Limit: 100}
		back.Add(12345) // is forgotten
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encoded(t, back), data) {
			t.Errorf("%d hashes do not survive", n)
		}
		// A narrower set makes of it what it would have made of the hashes.
		narrow := &Set{Limit: 10}
		if err := narrow.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encoded(t, narrow), encoded(t, setOf(10, hashes(n)...))) {
			t.Errorf("%d hashes: a narrower set differs", n)
		}
	}
}

func TestDamagedClassesAreRefused(t *testing.T) {
	good := encoded(t, setOf(10, hashes(25)...))
	cut := func(n int) []byte { return bytes.Clone(good[:n]) }
	for name, data := range map[string][]byte{
		"empty":           nil,
		"another version": append([]byte{2}, good[1:]...),
		"64 zero bits":    append([]byte{1, 64}, good[2:]...),
		"short":           cut(len(good) - 1),
		"only a version":  cut(1),
		"no number":       cut(2),
		"long":            append(cut(len(good)), 0),
		"a hash twice":    {1, 0, 2, 5, 0},
		"too large":       {1, 63, 1, 2},
		"too many":        {1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1},
		"overflow":        {1, 0, 2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
	} {
		c := setOf(10, 1, 2, 3)
		if err := c.UnmarshalBinary(data); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if n, _ := c.Count(); n != 3 {
			t.Errorf("%s: the set has changed", name)
		}
	}
}

// What is counted again costs no allocation.
func TestCountingAllocatesNothing(t *testing.T) {
	all := hashes(1000)
	c := setOf(600, all...)
	if n := testing.AllocsPerRun(10, func() {
		for _, h := range all {
			c.Add(h)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSet(b *testing.B) {
	b.ReportAllocs()
	var c Set
	g := hash.Generator(1)
	for b.Loop() {
		c.Add(g.Next())
	}
}
