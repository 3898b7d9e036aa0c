package workbench

import (
	"context"
	"errors"
)

// Each calls work for the numbers below n in their order, at most procs at once, and show
// with each result in the same order, as soon as the results before it are shown. It does
// not call show for what has failed; its error joins those errors. When ctx ends it begins
// nothing more, and returns as soon as what has begun has ended.
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
