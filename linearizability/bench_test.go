package linearizability

import (
	"testing"

	"annulus/schedules"
)

func BenchmarkVerify(b *testing.B) {
	p := MustParse(`
program free-evict
ring 512 bytes, classes 64 128
setup alloc a 64; release a; alloc b 64; release b
t1 tombstone a; free a; alloc c 64; release c
t2 evict
`)
	c, err := p.compile()
	if err != nil {
		b.Fatal(err)
	}
	d := newDriver(c)
	n := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		r := schedules.Explore(d.run, schedules.Config{Strategy: schedules.Random(uint64(n)), Schedules: 1000})
		n += r.Schedules
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "schedules/s")
}
