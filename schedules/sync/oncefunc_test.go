package sync_test

import (
	"context"
	"fmt"
	"strings"
	stdsync "sync"
	"testing"

	"annulus/schedules"
	"annulus/schedules/sync"
)

// calls performs f several times and returns what happened.
func calls(f func() any) string {
	var text strings.Builder
	for range 3 {
		func() {
			defer func() { text.WriteString(fmt.Sprint(" ", recover())) }()
			text.WriteString(fmt.Sprint(" ", f()))
		}()
	}
	return text.String()
}

// onceFuncs are the functions of a package, which may be the standard one.
type onceFuncs struct {
	f      func(func()) func()
	value  func(func() int) func() int
	values func(func() (int, string)) func() (int, string)
}

func (o onceFuncs) results() string {
	n := 0
	count := func() { n++ }
	f, v, vs := o.f(count), o.value(func() int { count(); return n }), o.values(func() (int, string) { count(); return n, "x" })
	text := calls(func() any { f(); return n }) + calls(func() any { return v() }) +
		calls(func() any { a, b := vs(); return fmt.Sprint(a, b) })
	pf := o.f(func() { count(); panic(n) })
	pv := o.value(func() int { count(); panic(n) })
	pvs := o.values(func() (int, string) { count(); panic(n) })
	return text + calls(func() any { pf(); return nil }) + calls(func() any { return pv() }) +
		calls(func() any { a, _ := pvs(); return a }) + fmt.Sprint(" ", n)
}

func TestOnceFuncsAreStandard(t *testing.T) {
	ours := onceFuncs{sync.OnceFunc, sync.OnceValue[int], sync.OnceValues[int, string]}
	want := onceFuncs{stdsync.OnceFunc, stdsync.OnceValue[int], stdsync.OnceValues[int, string]}.results()
	if got := ours.results(); got != want {
		t.Errorf("alone: %s, the standard functions %s", got, want)
	}
	exhaustUnshared(t, func(s *S) {
		if got := ours.results(); got != want {
			s.Errorf("under a scheduler: %s, the standard functions %s", got, want)
		}
	})
}

// Whoever calls it gets the result of the one call.
func ExampleOnceValue() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		calls := 0
		load := sync.OnceValue(func() int {
			calls++
			return calls
		})
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				if v := load(); v != 1 {
					s.Errorf("got %d", v)
				}
			})
		}
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
