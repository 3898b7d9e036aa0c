package workbench

import (
	"context"
	"errors"
)

// Each calls work for the numbers from 0 to n-1, beginning in that order, with at most
// procs calls at a time. It calls show for each result, in the same order and one at a
// time, as soon as all results before are shown. It does not call show for a call of work
// that has failed: the error joins the errors of those. When ctx is done Each begins no
// further calls, waits for those that have begun, and adds the error of ctx.
func Each[T any](ctx context.Context, procs, n int, work func(number int) (T, error), show func(number int, result T)) error {
	type answer struct {
		result T
		err    error
	}
	answers := make([]chan answer, n)
	for i := range answers {
		answers[i] = make(chan answer, 1)
	}
	go func() {
		turns := make(chan bool, procs)
		for i := range n {
			turns <- true
			go func() {
				defer func() { <-turns }()
				var a answer
				if a.err = ctx.Err(); a.err == nil {
					a.result, a.err = work(i)
				}
				answers[i] <- a
			}()
		}
	}()
	var errs []error
	for i, c := range answers {
		a := <-c
		if a.err == nil {
			show(i, a.result)
		} else if ctx.Err() == nil {
			errs = append(errs, a.err)
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}
