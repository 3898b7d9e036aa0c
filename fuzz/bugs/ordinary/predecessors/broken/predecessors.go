// Package predecessors has a bug that CockroachDB had:
// https://github.com/cockroachdb/cockroach/pull/10790
//
// Whoever sends a part waits until it is taken, so that those not received when the
// context ends are discarded in the background. That begins with the first part, which
// may have been received already: then nothing ever comes, and the senders of the
// others wait as well.
package predecessors

import "context"

// Sum receives a number from each part. When ctx ends first, those not received yet are
// discarded in the background, so that their senders can go on.
func Sum(ctx context.Context, parts []chan int) (int, error) {
	sum := 0
	for _, part := range parts {
		select {
		case n := <-part:
			sum += n
		case <-ctx.Done():
			go discard(parts)
			return 0, ctx.Err()
		}
	}
	return sum, nil
}

func discard(parts []chan int) {
	for _, part := range parts {
		<-part
	}
}
