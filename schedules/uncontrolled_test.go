package schedules_test

import (
	"context"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/internal/hook"
	"annulus/schedules/plain"
	"annulus/schedules/sync"
)

// beside calls f in a goroutine that is not a task, and waits for it.
func beside(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func requireUncontrolled(t *testing.T, name string, f *schedules.Failure, texts ...string) {
	t.Helper()
	if f == nil || f.Class != schedules.Uncontrolled {
		t.Fatalf("%s: %v", name, f)
	}
	for _, text := range texts {
		if !strings.Contains(f.Message, text) {
			t.Errorf("%s: %q is missing in\n%v", name, text, f)
		}
	}
	if !strings.Contains(f.Describe(), "in place of a go statement") {
		t.Errorf("%s: there is no advice in\n%s", name, f.Describe())
	}
	if f.Trace == nil {
		t.Errorf("%s: there is no trace", name)
	}
}

// Whoever comes first, and whatever the object is, both places are named.
func TestGoroutinesThatAreNoTasksAreReported(t *testing.T) {
	for name, body := range map[string]func(*S){
		"first": func(*S) {
			var x atomic.Int64
			beside(func() { x.Add(1) })
			x.Load()
		},
		"second": func(*S) {
			var x atomic.Int64
			x.Load()
			beside(func() { x.Add(1) })
		},
		"function": func(*S) {
			x := new(int64)
			atomic.LoadInt64(x)
			beside(func() { atomic.AddInt64(x, 1) })
		},
	} {
		r := schedules.Explore(context.Background(), body, schedules.Config{})
		requireUncontrolled(t, name, r.Failure, "int64#1 is used by tasks and by a goroutine that is not a task",
			"a task: first in", "uncontrolled_test.go", "oad", "the goroutine: first in", "Add", "began in annulus/schedules_test.beside.func1")
	}
	for name, use := range map[string]func() func(){
		"value":     func() func() { x := new(atomic.Value); return func() { x.Store(1) } },
		"bool":      func() func() { x := new(atomic.Bool); return func() { x.Load() } },
		"pointer":   func() func() { x := new(atomic.Pointer[int]); return func() { x.Load() } },
		"mutex":     func() func() { x := new(sync.Mutex); return func() { x.TryLock() } },
		"rwmutex":   func() func() { x := new(sync.RWMutex); return func() { x.TryRLock() } },
		"once":      func() func() { x := new(sync.Once); return func() { x.Do(func() {}) } },
		"waitgroup": func() func() { x := new(sync.WaitGroup); return func() { x.Wait() } },
		"cond":      func() func() { x := new(sync.Cond); return x.Signal },
		"map":       func() func() { x := new(sync.Map); return func() { x.Load(1) } },
		"pool":      func() func() { x := new(sync.Pool); return func() { x.Get() } },
		"var":       func() func() { x := new(plain.Var[int]); return func() { x.Get() } },
	} {
		r := schedules.Explore(context.Background(), func(*S) {
			f := use()
			f()
			beside(f)
		}, schedules.Config{})
		requireUncontrolled(t, name, r.Failure, name+"#1 is used")
	}
}

// A goroutine that outlives its execution is noticed when it gets to the object.
func TestLateGoroutinesAreReported(t *testing.T) {
	release, done := make(chan struct{}), make(chan struct{})
	n := 0
	r := schedules.Explore(context.Background(), func(s *S) {
		var x atomic.Int64
		x.Load()
		if n++; n == 1 {
			go func() {
				<-release
				x.Load()
				close(done)
			}()
		}
		if n == 5 {
			close(release)
			<-done
		}
		s.Go("a", func() { x.Add(1) })
		s.Go("b", func() { x.Add(1); x.Add(1) })
	}, schedules.Config{Strategy: schedules.Random(1), Schedules: 20})
	requireUncontrolled(t, "late", r.Failure, "int64#1 is used", "the goroutine: first in schedules_test.TestLateGoroutinesAreReported.func1.1")
}

// What only other goroutines use is nobody's business, however many objects that
// are.
func TestGoroutinesWithObjectsOfTheirOwnAreLeftAlone(t *testing.T) {
	r := schedules.Explore(context.Background(), func(*S) {
		var x atomic.Int64
		x.Add(1)
		beside(func() {
			for range 40_000 {
				var own atomic.Int64
				own.Add(1)
			}
		})
		x.Add(1)
	}, schedules.Config{})
	if r.Failure != nil {
		t.Error(r.Failure)
	}
}

// An operation of a goroutine that is not a task, on an object of its own, while a
// scheduler is installed.
func BenchmarkUncontrolled(b *testing.B) {
	hook.Install(nil)
	defer hook.Uninstall()
	b.Run("the same object", func(b *testing.B) {
		x := new(atomic.Int64)
		for range b.N {
			x.Add(1)
		}
	})
	b.Run("new objects", func(b *testing.B) {
		for range b.N {
			new(atomic.Int64).Add(1)
		}
	})
}
