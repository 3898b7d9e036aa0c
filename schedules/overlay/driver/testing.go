//go:build annulus_overlay

package driver

import (
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
