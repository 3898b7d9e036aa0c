// Package stoppedconsumer is the one beside it without the bug:
// https://github.com/cockroachdb/cockroach/pull/1462
//
// The producer waits for the consumer and for the stop at the same time.
package stoppedconsumer

import "sync"

// Line has a producer and a consumer.
type Line struct {
	group    sync.WaitGroup
	stop     chan struct{}
	pieces   chan int
	consumed int
}

// Start starts both; the producer makes so many pieces.
func Start(pieces int) *Line {
	l := &Line{stop: make(chan struct{}), pieces: make(chan int)}
	l.group.Go(func() {
		for piece := range pieces {
			if !l.pass(piece) {
				return
			}
		}
	})
	l.group.Go(func() {
		for {
			select {
			case <-l.stop:
				return
			case <-l.pieces:
				l.consumed++
			}
		}
	})
	return l
}

// pass reports whether the line goes on.
func (l *Line) pass(piece int) bool {
	select {
	case <-l.stop:
		return false
	case l.pieces <- piece:
		return true
	}
}

// Stop stops both, and returns how many pieces were consumed.
func (l *Line) Stop() int {
	close(l.stop)
	l.group.Wait()
	return l.consumed
}
