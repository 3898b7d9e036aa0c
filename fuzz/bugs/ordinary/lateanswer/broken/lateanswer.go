// Package lateanswer has a bug that Kubernetes had:
// https://github.com/kubernetes/kubernetes/pull/5316
//
// What takes longer than it may is left alone, and sends its result to nobody when it
// has one.
package lateanswer

import (
	"errors"
	"time"
)

// ErrLate is the error of what has taken too long.
var ErrLate = errors.New("took too long")

type result struct {
	text string
	err  error
}

// Within returns what do returns, if that takes no longer than limit.
func Within(limit time.Duration, do func() (string, error)) (string, error) {
	results := make(chan result)
	go func() {
		text, err := do()
		results <- result{text, err}
	}()
	select {
	case r := <-results:
		return r.text, r.err
	case <-time.After(limit):
		return "", ErrLate
	}
}
