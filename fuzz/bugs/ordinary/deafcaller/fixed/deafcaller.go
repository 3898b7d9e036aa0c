// Package deafcaller is the one beside it without the bug:
// https://github.com/erigontech/erigon/issues/16665
//
// There is room for the answer, whether anybody takes it or not.
package deafcaller

import "context"

// Ask returns the answer, unless ctx ends before it is there.
func Ask(ctx context.Context, question int, answer func(int) int) (int, error) {
	answers := make(chan int, 1)
	go func() { answers <- answer(question) }()
	select {
	case a := <-answers:
		return a, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
