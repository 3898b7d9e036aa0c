// Package lateenqueue is the one beside it without the bug:
// https://github.com/knative/serving/pull/3068
//
// Whoever offers a job holds a lock from its look until it has sent. Close takes the
// lock before it says that the runner is closed, so that nobody is in between when the
// channel is closed.
package lateenqueue

import "sync"

// Runner runs jobs, one after the other, in a goroutine.
type Runner struct {
	jobs   chan func()
	ended  chan struct{}
	lock   sync.Mutex
	closed bool
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
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.closed {
		return false
	}
	r.jobs <- job
	return true
}

// Close returns when all jobs that were accepted have been run.
func (r *Runner) Close() {
	r.lock.Lock()
	r.closed = true
	r.lock.Unlock()
	close(r.jobs)
	<-r.ended
}
