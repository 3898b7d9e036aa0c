// Package ended has tests with goroutines that may go on when the test has ended.
package ended

import (
	"sync"
	"sync/atomic"
	"testing"
)

// The receive can come before the log, or behind it.
func TestLogsTooLate(t *testing.T) {
	var mu sync.Mutex
	c := make(chan int, 1)
	go func() {
		mu.Lock()
		mu.Unlock()
		c <- 1
		t.Log("sent")
	}()
	<-c
}

func TestLogsInTime(t *testing.T) {
	c := make(chan int)
	go func() {
		t.Log("sends")
		c <- 1
	}()
	<-c
}

// The context is asked for when it has been cancelled, or before that.
func TestContextOfLateComer(t *testing.T) {
	done := make(chan bool)
	t.Cleanup(func() { <-done })
	go func() {
		<-t.Context().Done()
		close(done)
	}()
}

// The context is cancelled before Cleanup, and so perhaps before it is asked for.
func TestContextBeforeCleanup(t *testing.T) {
	var cleaned atomic.Bool
	done := make(chan bool)
	t.Cleanup(func() {
		cleaned.Store(true)
		<-done
	})
	go func() {
		defer close(done)
		if t.Context().Err() != nil && !cleaned.Load() {
			t.Error("cancelled before Cleanup")
		}
	}()
}

func TestContextInCleanup(t *testing.T) {
	t.Cleanup(func() { <-t.Context().Done() })
	done := make(chan bool)
	go func() { done <- true }()
	<-done
}

// A WaitGroup is all that the tasks share.
func TestOnlyJoins(t *testing.T) {
	var group sync.WaitGroup
	got := make([]int, 2)
	for i := range got {
		group.Go(func() { got[i] = i })
	}
	group.Wait()
	if got[0]+got[1] != 1 {
		t.Error(got)
	}
}
