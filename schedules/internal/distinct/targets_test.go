package distinct

import (
	"bytes"
	"testing"
)

// FuzzSet checks that whatever can be read as a set of hashes is written and read
// again as the same set.
func FuzzSet(f *testing.F) {
	for _, n := range []int{0, 1, 5, 100} {
		data, err := setOf(10, hashes(n)...).MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Set
		if c.UnmarshalBinary(data) != nil {
			return
		}
		var again Set
		if err := again.UnmarshalBinary(encoded(t, &c)); err != nil {
			t.Fatalf("%x: accepted, but not its own encoding: %v", data, err)
		}
		if !bytes.Equal(encoded(t, &again), encoded(t, &c)) {
			t.Fatalf("%x: does not survive its encoding", data)
		}
	})
}
