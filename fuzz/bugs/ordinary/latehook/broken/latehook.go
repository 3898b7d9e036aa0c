// Package latehook has a bug that Knative Serving had:
// https://github.com/knative/serving/pull/3148
//
// A test double is given a hook when what it stands in for is in use already, by a
// goroutine that reads the list of hooks. Nothing orders the two.
package latehook

import "sync"

// Double stands in for a client, and asks hooks how to answer.
type Double struct {
	hooks []func(request string) bool
}

// Hook adds a hook that is asked before the others.
func (d *Double) Hook(answer func(request string) bool) {
	d.hooks = append([]func(string) bool{answer}, d.hooks...)
}

// Request reports whether a hook has answered.
func (d *Double) Request(request string) bool {
	hooks := d.hooks
	for _, answer := range hooks {
		if answer(request) {
			return true
		}
	}
	return false
}

// Worker makes a request in the background.
type Worker struct{ group sync.WaitGroup }

// Start makes the request.
func (w *Worker) Start(d *Double) { w.group.Go(func() { d.Request("make") }) }

// Wait returns when the request has been made.
func (w *Worker) Wait() { w.group.Wait() }
