package atomic_test

import (
	"context"
	"fmt"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	stdatomic "sync/atomic"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/trace"
)

type number interface {
	~int32 | ~int64 | ~uint32 | ~uint64 | ~uintptr
}

// values is what the standard type and ours have in common.
type values[T number] interface {
	Load() T
	Store(T)
	Swap(T) T
	CompareAndSwap(old, new T) bool
	Add(T) T
	And(T) T
	Or(T) T
}

// results performs every operation and returns what each returned, and the value
// after it.
func results[T number](x values[T]) []any {
	var rs []any
	do := func(r any) { rs = append(rs, r, x.Load()) }
	do(x.Load())
	x.Store(^T(0))
	do(x.Swap(5))
	do(x.CompareAndSwap(4, 6))
	do(x.CompareAndSwap(5, 6))
	do(x.Add(^T(0))) // minus one
	do(x.Add(3))
	do(x.And(0b1100))
	do(x.Or(0b0011))
	x.Store(7)
	do(nil)
	return rs
}

func boolResults(x interface {
	Load() bool
	Store(bool)
	Swap(bool) bool
	CompareAndSwap(old, new bool) bool
}) []any {
	var rs []any
	do := func(r any) { rs = append(rs, r, x.Load()) }
	do(x.Swap(true))
	do(x.CompareAndSwap(false, false))
	do(x.CompareAndSwap(true, false))
	x.Store(true)
	do(nil)
	return rs
}

func pointerResults(x interface {
	Load() *int
	Store(*int)
	Swap(*int) *int
	CompareAndSwap(old, new *int) bool
}) []any {
	var rs []any
	a, b := 1, 2
	value := func(p *int) any {
		if p == nil {
			return nil
		}
		return *p
	}
	do := func(r any) { rs = append(rs, r, value(x.Load())) }
	do(value(x.Swap(&a)))
	do(x.CompareAndSwap(&b, nil))
	do(x.CompareAndSwap(&a, &b))
	x.Store(&a)
	do(nil)
	x.Store(nil)
	do(nil)
	return rs
}

// valueResults also has how operations panicked.
func valueResults(x interface {
	Load() any
	Store(any)
	Swap(any) any
	CompareAndSwap(old, new any) bool
}) []any {
	var rs []any
	do := func(f func() any) {
		defer func() { rs = append(rs, recover(), x.Load()) }()
		rs = append(rs, f())
	}
	do(func() any { return x.Load() })
	do(func() any { x.Store(nil); return nil })
	do(func() any { return x.CompareAndSwap(nil, 1) })
	do(func() any { return x.CompareAndSwap(nil, 2) })
	do(func() any { return x.CompareAndSwap(1, 2) })
	do(func() any { return x.CompareAndSwap("x", 2) })
	do(func() any { return x.Swap(3) })
	do(func() any { x.Store("x"); return nil })
	do(func() any { return x.Swap("x") })
	do(func() any { x.Store(4); return nil })
	return rs
}

func TestResultsAreStandard(t *testing.T) {
	check := func(t *testing.T) {
		for name, got := range map[string][2][]any{
			"Int32":   {results[int32](new(atomic.Int32)), results[int32](new(stdatomic.Int32))},
			"Int64":   {results[int64](new(atomic.Int64)), results[int64](new(stdatomic.Int64))},
			"Uint32":  {results[uint32](new(atomic.Uint32)), results[uint32](new(stdatomic.Uint32))},
			"Uint64":  {results[uint64](new(atomic.Uint64)), results[uint64](new(stdatomic.Uint64))},
			"Uintptr": {results[uintptr](new(atomic.Uintptr)), results[uintptr](new(stdatomic.Uintptr))},
			"Bool":    {boolResults(new(atomic.Bool)), boolResults(new(stdatomic.Bool))},
			"Pointer": {pointerResults(new(atomic.Pointer[int])), pointerResults(new(stdatomic.Pointer[int]))},
			"Value":   {valueResults(new(atomic.Value)), valueResults(new(stdatomic.Value))},
			"int32":   {results[int32](new(int32Funcs)), results[int32](new(stdatomic.Int32))},
			"int64":   {results[int64](new(int64Funcs)), results[int64](new(stdatomic.Int64))},
			"uint32":  {results[uint32](new(uint32Funcs)), results[uint32](new(stdatomic.Uint32))},
			"uint64":  {results[uint64](new(uint64Funcs)), results[uint64](new(stdatomic.Uint64))},
			"uintptr": {results[uintptr](new(uintptrFuncs)), results[uintptr](new(stdatomic.Uintptr))},
			"pointer": {pointerResults(new(pointerFuncs)), pointerResults(new(stdatomic.Pointer[int]))},
		} {
			if !reflect.DeepEqual(got[0], got[1]) {
				t.Errorf("%s: %v, the standard type %v", name, got[0], got[1])
			}
		}
	}
	t.Run("alone", check)
	t.Run("under a scheduler", func(t *testing.T) {
		r := schedules.Explore(context.Background(), func(*schedules.S) { check(t) }, schedules.Config{})
		if r.Failure != nil || r.Steps < 50 {
			t.Error(r)
		}
	})
	t.Run("beside a scheduler", func(t *testing.T) {
		r := schedules.Explore(context.Background(), func(*schedules.S) {
			done := make(chan struct{})
			go func() {
				check(t)
				close(done)
			}()
			<-done
		}, schedules.Config{})
		if r.Failure != nil || r.Steps != 0 {
			t.Error(r)
		}
	})
}

func TestTraceShowsOperandsAndResults(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		results[int32](new(atomic.Int32))
		results[uint64](new(atomic.Uint64))
		boolResults(new(atomic.Bool))
		pointerResults(new(atomic.Pointer[int]))
		results[int32](new(int32Funcs))
		valueResults(new(atomic.Value))
		s.Errorf("show it")
	}, schedules.Config{})
	text := r.Failure.Trace.Table(trace.Style{Whole: true})
	for _, want := range []string{
		"Store x: 0 → -1", "Swap x: -1 → 5", "CAS x fails: 5, not 4", "CAS x: 5 → 6",
		"Add x: 6 → 5", "And x: 8 as before", "Or x: 8 → 11", "Load x: 11",
		"Add x#2: 6 → 5", "Swap x#3: false → true",
		"Or x.v: 8 → 11", "Store x#5: 3 as before", "CAS x#5: 1 → 2", "Swap x#5: 2 → 3",
		"Swap x#4: nil → &1", "CAS x#4 fails: &1, not &2", "CAS x#4: &1 → &2", "Load x#4: &2",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// Without a scheduler the operations are to cost a branch, which they do as long
// as they are inlined. Those of Bool and Pointer that write are too large.
func TestOperationsInline(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m=2", ".").CombinedOutput()
	if err != nil {
		t.Skipf("the compiler cannot be run: %v", err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`can inline \(\*([A-Z]\w+)\)\.([A-Z]\w+) with cost`).FindAllStringSubmatch(string(out), -1) {
		got = append(got, m[1]+"."+m[2])
	}
	if len(got) == 0 {
		t.Skip("the compiler reports no inlining, as under -race")
	}
	for _, m := range regexp.MustCompile(`can inline ([A-Z]\w+) with cost`).FindAllStringSubmatch(string(out), -1) {
		got = append(got, m[1])
	}
	want := []string{"Bool.Load", "LoadPointer"}
	for _, typ := range []string{"Int32", "Int64", "Uint32", "Uint64", "Uintptr"} {
		for _, op := range []string{"Load", "Store", "Swap", "CompareAndSwap", "Add", "And", "Or"} {
			want = append(want, typ+"."+op, op+typ)
		}
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s is not inlined", name)
		}
	}
}

// A counter that adds atomically passes every schedule.
func Example() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { n.Add(1) })
		}
		s.Wait()
		if n.Load() != 2 {
			s.Errorf("an update was lost")
		}
	}, schedules.Config{})
	fmt.Println(r.Verdict(), "after", r.Schedules, "schedules")
	// Output:
	// EXHAUSTED after 2 schedules
}
