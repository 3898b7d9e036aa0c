//go:build annulus_overlay

package driver

import (
	"runtime"
	"strings"

	"annulus/schedules/internal/hook"
)

// What a test does to its testing.T. In an execution it belongs to that; it is false
// elsewhere, where package testing goes on as ever.

// executing returns the exploration if the caller is a task of it, else nil.
func (s *session) executing() *exploration {
	if s.now == nil || hook.Task() == nil {
		return nil
	}
	return s.now
}

func (s *session) log(text string) bool {
	x := s.executing()
	if x == nil {
		return false
	}
	if hook.ToScheduler() {
		defer hook.ToProgram()
	}
	x.last = strings.TrimSpace(text)
	x.s.Logf("%s", x.last)
	return true
}

func (s *session) fail() bool {
	x := s.executing()
	if x == nil {
		return false
	}
	if hook.ToScheduler() {
		defer hook.ToProgram()
	}
	if !x.s.Failed() {
		message := x.last
		if message == "" {
			message = "t.Fail was called"
		}
		x.s.Fails(message)
	}
	return true
}

func (s *session) failNow() bool {
	x := s.executing()
	if x == nil {
		return false
	}
	hook.ToScheduler()
	defer hook.ToProgram()
	x.s.FailNow()
	return true
}

func (s *session) unexplorable(why string) {
	if x := s.executing(); x != nil {
		x.refused = why
		x.s.End()
	}
}

func (s *session) skipNow() bool {
	x := s.executing()
	if x == nil {
		return false
	}
	x.skipped = true
	x.s.End()
	return true
}

// asks is called when the context of a test is asked for. What a search goes by must not
// change on the way, so that only those who ask in the first execution are remembered.
func (s *session) asks() {
	if x := s.executing(); x != nil && x.warming {
		x.asked = true
	}
}

// quietly calls f, in which there are no steps but those of drop-ins.
func quietly(f func()) {
	hook.ToScheduler()
	defer hook.ToProgram()
	f()
}

// late returns the name of the test if it has ended and the caller is a task of it that goes
// on. If other tasks than the test itself log, whether one does so before the end is a matter
// of schedules: both are steps.
func (s *session) late(step bool) string {
	x := s.executing()
	if x == nil || x.s.Unwinding() {
		return ""
	}
	if step && runtime.AnnulusG() != x.main {
		x.logs = x.logs || x.warming
		if x.logs {
			quietly(func() { x.over.Load() })
		}
	}
	if !x.ended {
		return ""
	}
	return x.t.Name()
}

// ends is called when the test has ended, with what it has left to Cleanup.
func (x *exploration) ends() {
	if x.logs {
		quietly(func() { x.over.Store(true) })
	}
	x.ended = true
}
