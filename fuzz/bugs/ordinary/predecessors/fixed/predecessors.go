// Package predecessors is the one beside it without the bug:
// https://github.com/cockroachdb/cockroach/pull/10790
//
// Discarding begins with the part that had not been received.
package predecessors

import "context"

// Sum receives a number from each part. When ctx ends first, those not received yet are
// discarded in the background, so that their senders can go on.
func Sum(ctx context.Context, parts []chan int) (int, error) {
	sum := 0
	for i, part := range parts {
		select {
		case n := <-part:
			sum += n
		case <-ctx.Done():
			go discard(parts[i:])
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
