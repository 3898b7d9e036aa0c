//go:build annulus_overlay

package testing

import (
	"context"
	"strings"
)

// This file is added to package testing. It has the functions whose originals the overlay
// has renamed.

// AnnulusHooks are the scheduler's functions.
type AnnulusHooks struct {
	Run     func(t *T, f func(*T)) // in place of calling f for a test at the top level
	Log     func(text string) bool // the functions below report whether they are called by a task
	Fail    func() bool
	FailNow func() bool // ends the execution, and does not return
	SkipNow func() bool // likewise

	Asks    func()         // a task asks for the test's context
	Asked   func() bool    // reports whether one will, as far as is known
	Quietly func(f func()) // calls f, in which there are no steps

	// Late names the test if the caller is a task of it and it has ended, which is a step
	// where step is true and anybody can tell.
	Late func(step bool) string

	// Unexplorable ends the execution of the task that calls it, if one does.
	Unexplorable func(why string)
}

// Annulus is nil where there is no scheduler.
var Annulus *AnnulusHooks

func tRunner(t *T, fn func(t *T)) {
	if Annulus == nil || t.level != 1 {
		annulusTRunner(t, fn)
		return
	}
	annulusTRunner(t, func(t *T) { Annulus.Run(t, fn) })
}

// Parallel is the method of that name, and a step where a task calls it.
func (t *T) Parallel() {
	if Annulus != nil && t.level == 1 {
		return // nothing runs beside an exploration
	}
	t.annulusParallel()
}

func (c *common) Fail() {
	c.annulusFail()
	if Annulus != nil {
		if name := Annulus.Late(false); name != "" {
			panic("Fail in goroutine after " + name + " has completed")
		}
		Annulus.Fail()
	}
}

func (c *common) FailNow() {
	if Annulus == nil {
		c.annulusFailNow()
		return
	}
	c.Fail()
	c.mu.Lock()
	c.finished = true
	c.mu.Unlock()
	if !Annulus.FailNow() {
		c.annulusFailNow()
	}
}

func (c *common) SkipNow() {
	if Annulus == nil {
		c.annulusSkipNow()
		return
	}
	c.mu.Lock()
	c.skipped = true
	c.finished = true
	c.mu.Unlock()
	if c.level > 1 || !Annulus.SkipNow() {
		c.annulusSkipNow()
	}
}

// AllocsPerRun is the function of that name. A task cannot count its allocations.
func AllocsPerRun(runs int, f func()) (avg float64) {
	if Annulus != nil {
		Annulus.Unexplorable("it counts allocations, of which the scheduler has its own")
	}
	return annulusAllocsPerRun(runs, f)
}

func (c *common) log(s string) {
	if Annulus != nil {
		if name := Annulus.Late(c.level == 1); name != "" {
			panic("Log in goroutine after " + name + " has completed: " + strings.TrimSpace(s))
		}
	}
	if Annulus == nil || !Annulus.Log(s) {
		c.annulusLog(s)
	}
}

// callSite is the place that a log names, from which there are two calls more.
func (c *common) callSite(skip int) string { return c.annulusCallSite(skip + 2) }

// Context returns the context of the test. A test that does not ask for it has none, so that
// it need not be cancelled in the end, in steps of which nobody would know the reason.
func (c *common) Context() context.Context {
	if Annulus != nil {
		Annulus.Asks()
	}
	if c.ctx == nil {
		c.ctx, c.cancelCtx = context.WithCancel(context.Background())
	}
	return c.annulusContext()
}

// AnnulusFresh returns a test like t that has not begun. Only one of them is used at a time.
func AnnulusFresh(t *T) *T {
	fresh := &T{
		common: common{
			barrier: make(chan bool), signal: make(chan bool, 1),
			name: t.name, level: t.level, runner: t.runner,
		},
		tstate: annulusState(t.tstate),
	}
	annulusPaths(fresh, t)
	fresh.w = indenter{&fresh.common}
	fresh.setOutputWriter()
	return fresh
}

// annulusStates are what [annulusState] has returned, by what it was given.
var annulusStates = map[*testState]*testState{}

// annulusState returns a copy of what tests have in common, as it is when none of them
// has begun.
func annulusState(of *testState) *testState {
	s := annulusStates[of]
	if s == nil {
		s = newTestState(of.maxParallel, &matcher{
			filter: of.match.filter, skip: of.match.skip, matchFunc: of.match.matchFunc, subNames: map[string]int32{},
		})
		s.deadline = of.deadline
		annulusStates[of] = s
	}
	s.running, s.numWaiting = 1, 0
	clear(s.match.subNames)
	return s
}

// AnnulusEnd does what comes behind the function of a test: it runs the subtests that are
// parallel and the functions of Cleanup.
func AnnulusEnd(t *T) {
	if len(t.sub) > 0 {
		t.tstate.release()
		close(t.barrier)
		for _, sub := range t.sub {
			<-sub.signal
		}
	}
	switch {
	case t.ctx != nil:
	case Annulus.Asked(): // by a task that may come later, or could have come before
		t.ctx, t.cancelCtx = context.WithCancel(context.Background())
	default:
		Annulus.Quietly(func() {
			t.ctx, t.cancelCtx = context.WithCancel(context.Background())
			t.cancelCtx()
		})
		t.cancelCtx = nil
	}
	t.runCleanup(normalPanic)
}
