// Package deafcaller has a bug that Erigon had:
// https://github.com/erigontech/erigon/issues/16665
//
// The answer is sent to the caller, who may have left with its context: the goroutine
// that has the answer waits for ever.
package deafcaller

import "context"

// Ask returns the answer, unless ctx ends before it is there.
func Ask(ctx context.Context, question int, answer func(int) int) (int, error) {
	answers := make(chan int)
	go func() { answers <- answer(question) }()
	select {
	case a := <-answers:
		return a, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
