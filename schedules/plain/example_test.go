package plain_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
)

// A task says that a message is ready, and only then writes it. Between the two
// there is no yield point, so that in every execution the reader finds the message
// that it has been told of. On two processors it may come in between.
func Example_publication() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var message plain.Var[string]
		var ready atomic.Bool
		s.Name(&message, "message")
		s.Name(&ready, "ready")
		s.Go("writer", func() {
			ready.Store(true)
			message.Set("hello")
		})
		s.Go("reader", func() {
			if ready.Load() && message.Get() != "hello" {
				s.Errorf("the message is missing")
			}
		})
	}, schedules.Config{})
	fmt.Println(r.Failure.Trace)
	// Output:
	// step     writer                       reader
	//    1     Store ready: false → true                         example_test.go:22
	//      1   Set message: none → "hello"                       example_test.go:23
	//    2  >                               Load ready: true     example_test.go:26
	//      2                                Get message: "hello" example_test.go:26
	//          ✗ race: message is written by writer at example_test.go:23 an…
	// > goes on
}

// With the message first, the flag orders the write before the read.
func ExampleVar() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var message plain.Var[string]
		var ready atomic.Bool
		s.Go("writer", func() {
			message.Set("hello")
			ready.Store(true)
		})
		s.Go("reader", func() {
			if ready.Load() && message.Get() != "hello" {
				s.Errorf("the message is missing")
			}
		})
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}

// Without a scheduler a Var is a variable.
func ExampleVar_Set() {
	var n plain.Var[int]
	n.Set(n.Get() + 1)
	fmt.Println(n.Get())
	// Output:
	// 1
}
