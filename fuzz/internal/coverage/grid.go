package coverage

import (
	"fmt"
	"strings"

	"annulus/linearizability/scenario"
)

// operations are what each of two tasks does in the programs of the grid. The
// first task has the variables that end in 1, the second those that end in 2; r is
// a block that both may take.
var operations = []string{
	"alloc x 64", "alloc x 128", "release g", "handover g", "tombstone r", "free h", "cancel h", "bytes r", "coa r",
	"evict", "evictn 2", "drain", "allocevict x 128", "metrics", "blocks", "close",
}

// prepared are the blocks that the grid's rings hold: one that is Ready, a guard
// and a handle for each task, and one that is freed.
var prepared = []string{
	"alloc r 64; release r", "alloc g1 64; alloc g2 64", "alloc h1 64; alloc h2 64; handover h1; handover h2",
	"alloc f 64; handover f; free f",
}

// grid returns programs in which each operation runs concurrently with each: with each kind
// of block as the oldest, in a ring that has room and in one that has none.
func grid() []scenario.Program {
	var all []scenario.Program
	for i, a := range operations {
		for _, b := range operations[i:] {
			if b == "close" && sweeps(a) {
				continue // scenario.Compile refuses such programs, which cannot be judged
			}
			for oldest := range prepared {
				for _, spare := range []int{0, 256} {
					setup := strings.Join(append(prepared[oldest:len(prepared):len(prepared)], prepared[:oldest]...), "; ")
					all = append(all, scenario.MustParse(fmt.Sprintf(
						"program grid-%d\nring %d bytes, classes 64 128, patience 2\nsetup %s\nt1 %s\nt2 %s\n",
						len(all), 6*64+spare, setup, of(a, 1), of(b, 2))))
				}
			}
		}
	}
	return all
}

// sweeps reports whether the operation may evict several blocks.
func sweeps(operation string) bool {
	verb, _, _ := strings.Cut(operation, " ")
	return verb == "evictn" || verb == "drain" || verb == "allocevict"
}

// of returns the operation with the variables of a task.
func of(operation string, task int) string {
	for _, variable := range []string{"x", "g", "h"} {
		operation = strings.Replace(operation, " "+variable, fmt.Sprintf(" %s%d", variable, task), 1)
	}
	return operation
}
