// Package lateenqueue has a bug that Knative Serving had:
// https://github.com/knative/serving/pull/3068
//
// A job is offered by one who has seen the runner open. Until it is sent the runner may
// be closed, with its channel: sending panics.
package lateenqueue

import "sync/atomic"

// Runner runs jobs, one after the other, in a goroutine.
type Runner struct {
	jobs   chan func()
	ended  chan struct{}
	closed atomic.Bool
}

// New starts a runner.
func New() *Runner {
	r := &Runner{jobs: make(chan func(), 1), ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		for job := range r.jobs {
			job()
		}
	}()
	return r
}

// Offer reports whether the runner will run the job.
func (r *Runner) Offer(job func()) bool {
	if r.closed.Load() {
		return false
	}
	r.jobs <- job
	return true
}

// Close returns when all jobs that were accepted have been run.
func (r *Runner) Close() {
	r.closed.Store(true)
	close(r.jobs)
	<-r.ended
}
