// Package survives has tests whose executions depend on those before them.
package survives

import (
	"sync/atomic"
	"testing"
)

// calls outlives a test.
var calls atomic.Int64

// store has a goroutine store what it is given, and returns what it sees of that.
func store(v int64) (seen int64) {
	var x atomic.Int64
	done := make(chan bool)
	go func() {
		x.Store(v)
		done <- true
	}()
	seen = x.Load()
	<-done
	return seen
}

func TestTheFirstCallIsSpecial(t *testing.T) {
	if n := calls.Add(1); store(n) == 1 {
		t.Error("it is stored already")
	}
}

func TestEveryCallHasItsNumber(t *testing.T) {
	if n := calls.Add(1); store(n) > n {
		t.Error("it is stored already")
	}
}
