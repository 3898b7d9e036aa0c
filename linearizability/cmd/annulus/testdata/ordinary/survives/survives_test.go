// Package survives has tests whose executions depend on those before them.
package survives

import (
	"sync"
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

var names sync.Map

func register(name string) {
	if _, known := names.LoadOrStore(name, true); known {
		panic("registered twice: " + name)
	}
}

// It passes once in a process.
func TestRegisters(t *testing.T) {
	done := make(chan bool)
	go func() {
		register("one")
		done <- true
	}()
	register("two")
	<-done
}

var (
	begin    sync.Once
	requests = make(chan chan int)
)

// The goroutine that serves is started once in a process, and is there for ever.
func TestServes(t *testing.T) {
	begin.Do(func() {
		go func() {
			for r := range requests {
				r <- 1
			}
		}()
	})
	r := make(chan int)
	requests <- r
	<-r
}
