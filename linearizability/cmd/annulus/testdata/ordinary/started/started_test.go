// Package started has tests that need goroutines which were started before them.
package started

import (
	"sync"
	"testing"
)

var (
	requests = make(chan chan int)
	kept     = make(chan chan int, 1)

	mu    sync.Mutex
	come  = sync.NewCond(&mu)
	queue []chan int
)

func init() {
	serve := func(requests chan chan int) {
		for r := range requests {
			r <- 1
		}
	}
	go serve(requests)
	go serve(kept)
	go func() {
		mu.Lock()
		defer mu.Unlock()
		for {
			for len(queue) == 0 {
				come.Wait()
			}
			queue[0] <- 1
			queue = queue[1:]
		}
	}()
}

func TestAsks(t *testing.T) {
	r := make(chan int)
	requests <- r
	<-r
}

func TestAsksWithoutWaiting(t *testing.T) {
	r := make(chan int)
	kept <- r
	<-r
}

func TestSignals(t *testing.T) {
	r := make(chan int, 1)
	mu.Lock()
	queue = append(queue, r)
	come.Signal()
	mu.Unlock()
	<-r
}

func TestDoesNotCare(t *testing.T) {
	done := make(chan bool)
	go func() { done <- true }()
	<-done
}
