// Package keptslot is the one beside it without the bug:
// https://github.com/ClickHouse/clickhouse-go/pull/1759
//
// The slot is given back before the caller is turned away.
package keptslot

import "context"

// Room has a number of seats.
type Room struct{ seats chan struct{} }

// New returns an empty room.
func New(seats int) *Room { return &Room{seats: make(chan struct{}, seats)} }

// Enter waits for a seat, or until ctx has ended.
func (r *Room) Enter(ctx context.Context) error {
	select {
	case r.seats <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if ctx.Err() != nil {
		<-r.seats
		return ctx.Err()
	}
	return nil
}

// Leave gives back the seat of one who has entered.
func (r *Room) Leave() { <-r.seats }

// Taken returns how many seats are taken.
func (r *Room) Taken() int { return len(r.seats) }
