package linearizability

import (
	"fmt"
	"testing"
	"time"

	"annulus/schedules"
)

func TestQuick(t *testing.T) {
	for _, text := range []string{`
program free-evict
ring 512 bytes, classes 64 128
setup alloc a 64; release a; alloc b 64; release b
t1 tombstone a; free a
t2 evict
`, `
program evict-evict
ring 512 bytes, classes 64 128
setup alloc a 64; release a; alloc b 64; release b
t1 evict
t2 evict
`, `
program alloc-release-vs-evict
ring 512 bytes, classes 64 128 256
setup alloc a 256; release a; alloc b 256; release b
t1 alloc c 128; release c
t2 evict; evict
`, `
program drain-alloc
ring 512 bytes, classes 64 128 256
setup alloc a 64; release a; alloc b 64; release b; tombstone b; free b
t1 alloc c 64; release c
t2 drain
`} {
		p := MustParse(text)
		c, err := p.compile()
		if err != nil {
			t.Fatal(err)
		}
		d := newDriver(c)
		r := schedules.Explore(d.run, schedules.Config{Strategy: schedules.DFS(2), Time: 10 * time.Second})
		fmt.Println(p.Name, r, d.judge.distinct())
		if r.Failure != nil {
			fmt.Println(r.Failure.Describe())
			fmt.Println(d.historyText())
		}
	}
}
