// Package abandonedreplay is the one beside it without the bug:
// https://github.com/kubernetes/kubernetes/pull/38669
//
// It waits for the reader and for the stop at the same time.
package abandonedreplay

import "sync"

// Replay sends lines that were kept.
type Replay struct {
	lines chan string
	stop  func()
}

// Start begins to send the lines.
func Start(kept ...string) *Replay {
	stopped := make(chan struct{})
	r := &Replay{lines: make(chan string), stop: sync.OnceFunc(func() { close(stopped) })}
	go func() {
		defer close(r.lines)
		for _, line := range kept {
			select {
			case <-stopped:
				return
			case r.lines <- line:
			}
		}
	}()
	return r
}

// Lines is closed behind the last line.
func (r *Replay) Lines() <-chan string { return r.lines }

// Stop ends the replay. No more lines may be received.
func (r *Replay) Stop() { r.stop() }
