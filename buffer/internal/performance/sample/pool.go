package sample

import (
	"encoding/binary"
	"sync"
)

// openPool: blocks of a sync.Pool. It has no bound and evicts nothing, so that it can do
// only W1.
func openPool(s Spec) (subject, error) {
	if s.Workload != "W1" {
		return subject{}, Cannot("a pool has no bound and evicts nothing")
	}
	pool := &sync.Pool{New: func() any { return new([320]byte) }}
	var r subject
	for range s.Goroutines {
		r.loops = append(r.loops, func(n int) error {
			for range n {
				block := pool.Get().(*[320]byte)
				binary.LittleEndian.PutUint64(block[:], 1)
				pool.Put(block)
			}
			return nil
		})
	}
	return r, nil
}
