package main

import (
	"fmt"
	"strings"

	"annulus/linearizability"
)

// tally counts scenarios by their verdicts.
type tally struct {
	failed, unshared, exhausted, incomplete int

	asked int  // how many there should be, 0 if that is not known
	blind bool // a scenario has nothing shared, and is not a single shard's
}

func (s *tally) add(r linearizability.Result) {
	s.blind = s.blind || r.NothingShared
	switch {
	case r.Failure != nil:
		s.failed++
	case r.Verdict.Is(linearizability.NothingShared):
		s.unshared++
	case r.Exhausted:
		s.exhausted++
	default:
		s.incomplete++
	}
}

// status returns the exit status. A scenario that has nothing shared counts as failed,
// since nothing was checked.
func (s tally) status() int {
	if s.failed > 0 || s.blind {
		return failed
	}
	return passed
}

// String returns the last lines of a run.
func (s tally) String() string {
	word, parts := "PASS", []string{}
	if s.status() == failed {
		word, parts = "FAIL", append(parts, fmt.Sprintf("%d failed", s.failed))
	}
	if s.unshared > 0 {
		parts = append(parts, fmt.Sprintf("%d nothing shared", s.unshared))
	}
	parts = append(parts, fmt.Sprintf("%d exhausted", s.exhausted), fmt.Sprintf("%d incomplete", s.incomplete))
	if s.status() == failed && s.asked > 0 {
		parts = append(parts, fmt.Sprintf("%d not finished", s.asked-s.failed-s.unshared-s.exhausted-s.incomplete))
	}
	text := fmt.Sprintf("%s (%s)\n", word, strings.Join(parts, ", "))
	if s.exhausted > 0 {
		text += "exhausted: all orders of the operations on controlled objects; undeclared plain memory was not watched\n"
	}
	return text
}
