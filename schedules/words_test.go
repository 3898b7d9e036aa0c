package schedules_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/sync"
	"annulus/schedules/trace"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// failsWith explores the body, which must fail in the class.
func failsWith(t *testing.T, class schedules.Class, body func(*S)) *schedules.Failure {
	t.Helper()
	f := schedules.Explore(context.Background(), body, schedules.Config{}).Failure
	require.NotNil(t, f)
	require.Equal(t, class, f.Class, f.Describe())
	return f
}

// A signal that comes before somebody waits is lost. It is told where it was, and that
// it woke nobody.
func TestLostSignalIsTold(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		var m sync.Mutex
		var ready atomic.Bool
		c := sync.NewCond(&m)
		s.Go("waiter", func() {
			for !ready.Load() {
				m.Lock()
				c.Wait()
				m.Unlock()
			}
		})
		s.Go("setter", func() {
			ready.Store(true)
			c.Signal()
		})
		s.Wait()
	})
	assert.Contains(t, f.Message, "waiter is at c.Wait, and nobody has signalled since it began to wait in step 5: "+
		"the last Signal was setter's in step 4 and woke nobody")
	text := f.Describe()
	for _, part := range []string{
		`critical window: nothing fails if waiter is not interrupted from step 1 to step 5`,
		`  1  step 1  waiter reads ready: false +words_test.go:\d+  for !ready.Load\(\) {`,
		`  2  step 3  setter makes that false: Store ready: false → true +words_test.go:\d+  ready.Store\(true\)`,
		`  3  step 4  setter's Signal wakes nobody: waiter does not wait yet +words_test.go:\d+  c.Signal\(\)`,
		`  4  step 5  waiter goes to sleep on c +words_test.go:\d+  c.Wait\(\)`,
		`  5  at the end  waiter waits to be woken, and nobody is left to do it +words_test.go:\d+  c.Wait\(\)`,
		`(?m)^   4 3 +Signal c wakes nobody +words_test.go:\d+$`,
	} {
		assert.Regexp(t, part, text)
	}
}

// A signal that somebody else has got, and none at all, are told apart.
func TestWhoWasWokenIsTold(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { m.Lock(); c.Wait(); m.Unlock() })
		}
		s.Go("caller", func() {
			m.Lock()
			c.Signal()
			m.Unlock()
			m.Lock()
			c.Signal()
			m.Unlock()
		})
		s.Wait()
	})
	assert.Regexp(t, `the last Signal was caller's in step \d+ and woke (nobody|a|b)`, f.Message)
	f = failsWith(t, schedules.Deadlock, func(s *S) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		s.Go("a", func() { m.Lock(); c.Wait(); m.Unlock() })
		s.Go("b", func() { m.Lock(); c.Broadcast(); m.Unlock() })
		s.Wait()
	})
	assert.Contains(t, f.Message, "the last Broadcast was b's in step 2 and woke nobody")
}

// A reader that reads again behind a writer waits for itself. The circle names who reads.
func TestRecursiveReadIsACircle(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		var m sync.RWMutex
		s.Go("reader", func() {
			m.RLock()
			m.RLock()
			m.RUnlock()
			m.RUnlock()
		})
		s.Go("writer", func() {
			m.Lock()
			m.Unlock()
		})
		s.Wait()
	})
	for _, part := range []string{
		"reader waits for m, which writer wants first; writer waits for m, which reader holds for reading",
		"reader is at m.RLock, behind writer, which has wanted to write since step 2, although reader already holds it for reading",
		"writer is at m.Lock, which reader has held for reading since step 1",
	} {
		assert.Contains(t, f.Message, part)
	}
	text := f.Describe()
	assert.Contains(t, text, "critical window: nothing fails if reader is not interrupted from step 1 until it has m")
	assert.Regexp(t, `1  step 1  reader takes m for reading`, text)
	assert.Regexp(t, `2  step 2  writer comes to write under m, and from here on no reader gets in`, text)
}

// Readers that a writer waits for are named, those that have ended, too.
func TestReadersAreNamed(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		var m sync.RWMutex
		s.Go("first", func() { m.RLock() })
		s.Go("second", func() {
			m.RLock()
			m.RLock()
			m.RUnlock()
		})
		s.Wait()
		m.Lock()
	})
	assert.Regexp(t, `main is at m\.Lock, which first, which has ended, has held for reading since step \d+ and second, which has ended, has held for reading since step \d+`, f.Message)
}

// Who waits for all is told for whom.
func TestWaitingForAllNamesThem(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		var wg sync.WaitGroup
		s.Go("over", func() { wg.Add(2) })
		s.Go("stuck", func() { wg.Add(1); wg.Done(); wg.Wait() })
		s.Wait()
	})
	assert.Contains(t, f.Message, "main waits for stuck to end")
	assert.Regexp(t, `stuck is at wg\.Wait, whose counter is 2: over added 2 in step 1, stuck added 1 in step 2 and stuck took away 1 in step 3`, f.Message)
}

// Every task that has not ended has a row at the end, with the place where it is.
func TestPendingOperationsHavePlaces(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		var a, b sync.Mutex
		s.Go("x", func() {
			a.Lock()
			b.Lock()
			b.Unlock()
			a.Unlock()
		})
		s.Go("y", func() {
			b.Lock()
			a.Lock()
			a.Unlock()
			b.Unlock()
		})
		s.Wait()
	})
	lines := map[string]int{}
	for i := range f.Trace.Events {
		if ev := &f.Trace.Events[i]; ev.Kind == trace.Pending {
			require.NotEqual(t, trace.None, ev.Place)
			place := f.Trace.Places[ev.Place]
			assert.True(t, slices.ContainsFunc(f.Trace.Sources, func(s trace.Source) bool {
				return s.File == place.File && s.First <= place.Line && place.Line < s.First+len(s.Lines)
			}), "the source of %v is part of the trace", place)
			lines[f.Trace.Tasks[ev.Task]] = f.Trace.Places[ev.Place].Line
		} else {
			lines[f.Trace.Tasks[ev.Task]+" holds"] = f.Trace.Places[ev.Place].Line
		}
	}
	require.Len(t, lines, 5)
	assert.Equal(t, lines["x holds"]+1, lines["x"])
	assert.Equal(t, lines["y holds"]+1, lines["y"])
	assert.Equal(t, lines["y"]+4, lines["main"])
	text := f.Describe()
	assert.Regexp(t, `(?m)^ +3 +waits at Lock b +words_test.go:\d+$`, text)
	assert.Regexp(t, `(?m)^ +4 +waits at Lock a +words_test.go:\d+$`, text)
	assert.Regexp(t, `(?m)^ +waits for all +words_test.go:\d+$`, text)
	assert.Regexp(t, `3  at the end  x wants b, which y has +words_test.go:\d+  b\.Lock\(\)`, text)
}

// copied copies what it is given, which vet would notice in other words.
func copied[T any](p *T) T { return *p }

// A copy of a locked lock is locked although nobody has locked it: the likely original is
// named, if there is one.
func TestCopiedLockIsTold(t *testing.T) {
	type box struct {
		mu sync.Mutex
		rw sync.RWMutex
	}
	f := failsWith(t, schedules.Panic, func(s *S) {
		b := new(box)
		s.Go("a", func() {
			b.mu.Lock()
			c := copied(b)
			c.mu.Lock()
		})
		s.Wait()
	})
	assert.Contains(t, f.Message, "c.mu is locked, although no task of this execution has locked it: it is likely a copy of b.mu, which a holds, made while that was locked")
	assert.NotContains(t, f.Message, "not a task")
	f = failsWith(t, schedules.Panic, func(s *S) {
		b := new(box)
		s.Go("a", func() {
			b.rw.RLock()
			c := copied(b)
			c.rw.Lock()
		})
		s.Wait()
	})
	assert.Contains(t, f.Message, "it is likely a copy of b.rw, which is held for reading, made while that was locked")
}

// So is a copy of a wait group, in which the counter is taken down that another one has.
func TestCopiedWaitGroupIsTold(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		wg := new(sync.WaitGroup)
		wg.Add(1)
		s.Go("worker", func() {
			mine := copied(wg)
			mine.Done()
		})
		wg.Wait()
	})
	assert.Contains(t, f.Message, "main is at wg.Wait, whose counter is 1: main added 1 in step 1; mine is below zero, and likely a copy of wg")
}

// Elements of arrays have their index as their name, however it can be told; where it
// cannot, nothing in their names looks like one.
func TestElementsAreNamedByTheirIndex(t *testing.T) {
	type row struct {
		lock sync.Mutex
		_    atomic.Int64
	}
	type table struct {
		size atomic.Int32
		next [5]atomic.Int32
		rows [3]row
	}
	fail := func(s *S) { s.Fatal("show the names") }
	at := func(t *table, i int) { t.next[i].Store(1) }
	for name, c := range map[string]struct {
		body func(*S)
		want string // names of the objects, in the order of their use
	}{
		"beside a field": {func(s *S) {
			tb := new(table)
			tb.size.Load()
			for _, i := range []int{3, 1} {
				tb.next[i].Store(1)
				tb.rows[i%3].lock.Lock()
			}
			fail(s)
		}, `^tb\.size tb\.next\[3\] tb\.rows\[0\]\.lock tb\.next\[1\] tb\.rows\[1\]\.lock$`},
		"by a number": {func(s *S) {
			var slots [8]atomic.Int64
			slots[2].Load()
			slots[4].Load()
			for _, i := range []int{7, 5} {
				slots[i].Load()
			}
			fail(s)
		}, `^slots\[2\] slots\[4\] slots\[7\] slots\[5\]$`},
		"by a loop": {func(s *S) {
			slots := make([]atomic.Int64, 9)
			for _, i := range []int{6, 2} {
				slots[i].Load()
			}
			for i := range slots {
				if slots[i].Load() != 0 {
					return
				}
			}
			fail(s)
		}, `^slots\[6\] slots\[2\] slots\[0\] slots\[1\] slots\[3\] slots\[4\] slots\[5\] slots\[7\] slots\[8\]$`},
		"all of them": {func(s *S) {
			var four [4]atomic.Int64
			for _, i := range []int{2, 0, 3, 1} {
				four[i].Load()
			}
			fail(s)
		}, `^four\[2\] four\[0\] four\[3\] four\[1\]$`},
		"not to be told": {func(s *S) {
			slots := make([]atomic.Int64, 9)
			for _, i := range []int{6, 2} {
				slots[i].Load()
			}
			fail(s)
		}, `^slots\[i\] 1st slots\[i\] 2nd$`},
		"a loop that skips": {func(s *S) {
			slots := make([]atomic.Int64, 9)
			for i := range slots {
				if i < 4 {
					continue
				}
				slots[i].Load()
			}
			fail(s)
		}, `^slots\[i\] 1st .*slots\[i\] 5th$`},
		"pointers that lie anywhere": {func(s *S) {
			type far struct {
				n atomic.Int64
				_ [100]byte
			}
			slots := make([]*far, 3)
			for i := range slots {
				slots[len(slots)-1-i] = new(far)
			}
			for _, i := range []int{2, 1} {
				slots[i].n.Load()
			}
			fail(s)
		}, `^slots\[i\]\.n 1st slots\[i\]\.n 2nd$`},
		"used in another function": {func(s *S) {
			tb := new(table)
			at(tb, 4)
			at(tb, 2)
			tb.size.Load()
			fail(s)
		}, `^t\.next\[i\] 1st t\.next\[i\] 2nd tb\.size$`},
	} {
		f := failsWith(t, schedules.Property, c.body)
		var names []string
		for _, o := range f.Trace.Objects {
			names = append(names, o.Name)
		}
		assert.Regexp(t, c.want, strings.Join(names, " "), name)
		assert.NotRegexp(t, `\]#\d`, f.Describe(), name)
	}
}

// One object has one name in all lines of a report, also in what tells of the nearest
// execution that passes and of tasks that have not come to it.
func TestOneObjectHasOneName(t *testing.T) {
	f := failsWith(t, schedules.Deadlock, func(s *S) {
		q := new(struct{ mu, other sync.Mutex })
		s.Go("a", func() {
			q.mu.Lock()
			q.other.Lock()
			q.other.Unlock()
			q.mu.Unlock()
		})
		s.Go("b", func() {
			l := &q.other
			l.Lock()
			m := &q.mu
			m.Lock()
			m.Unlock()
			l.Unlock()
		})
		s.Wait()
	})
	text := f.Describe()
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?:Lock|is at|wants|waits for|takes) ([a-z.]*(?:mu|other|l|m)\b|mutex#\d)`).FindAllStringSubmatch(text, -1) {
		names[strings.TrimSuffix(found[1], ".Lock")] = true
	}
	delete(names, "all") // as in "waits for all"
	assert.Len(t, names, 2, "%v in %s", names, text)
	require.NotNil(t, f.Trace.Passing)
	for i := range f.Trace.Passing.Trace.Objects[:1] {
		assert.Equal(t, f.Trace.Objects[i].Name, f.Trace.Passing.Trace.Objects[i].Name)
	}
}

// A race shows both accesses, with what each task held.
func TestRaceShowsBothAccesses(t *testing.T) {
	f := failsWith(t, schedules.Race, func(s *S) {
		var n plain.Var[int]
		var m sync.Mutex
		s.Go("a", func() {
			m.Lock()
			n.Set(1)
			m.Unlock()
		})
		s.Go("b", func() { n.Get() })
		s.Wait()
	})
	text := f.Describe()
	assert.Contains(t, text, "critical window: nothing orders these two accesses")
	assert.Regexp(t, `a writes n, holding m +words_test.go:\d+  n\.Set\(1\)`, text)
	assert.Regexp(t, `b reads n, holding no lock +words_test.go:\d+  s\.Go`, text)
}

// Of tasks that go round it is told at what each looks.
func TestLivelockShowsWhatIsLookedAt(t *testing.T) {
	f := failsWith(t, schedules.Livelock, func(s *S) {
		var x, y atomic.Bool
		s.Go("a", func() { await(&x); y.Store(true) })
		s.Go("b", func() { await(&y); x.Store(true) })
		s.Wait()
	})
	text := f.Describe()
	assert.Contains(t, text, "critical window: each looks at what nobody changes any more")
	assert.Regexp(t, `1  step 1  a reads flag: false, and goes round as long as that is so +failure_test.go:\d+  for !flag\.Load\(\)`, text)
	assert.Regexp(t, `2  step \d+  b reads flag#2: false, and goes round`, text)
	assert.Regexp(t, `(?m)waits at Gosched +failure_test.go:\d+$`, text)
}

// Every step that a text names has a row, whatever else is folded.
func TestCitedStepsHaveRows(t *testing.T) {
	for name, p := range failures {
		if p.class == schedules.Nondeterminism || name == "lock held elsewhere" {
			continue
		}
		f := schedules.Explore(context.Background(), p.body, schedules.Config{}).Failure
		if f == nil || f.Trace == nil {
			t.Errorf("%s: no trace", name)
			continue
		}
		text := f.Describe()
		_, table, _ := strings.Cut(text, "\n\n")
		for _, cited := range regexp.MustCompile(`\bstep (\d+)`).FindAllStringSubmatch(strings.ReplaceAll(text, "up to step", ""), -1) {
			steps := 0
			for i := range f.Trace.Events {
				if f.Trace.Events[i].Kind == trace.Step && f.Trace.Events[i].Step >= 1 {
					steps++
				}
			}
			if steps > 0 {
				assert.Regexp(t, `(?m)^ *`+cited[1]+`[ 0-9]*[*>]? `, table, "%s: step %s\n%s", name, cited[1], text)
			}
		}
	}
}

// Places in a harness are left out where there are better ones.
func TestHarnessHasNoPlaces(t *testing.T) {
	var n atomic.Int64
	f := failsWith(t, schedules.Property, func(s *S) {
		s.Harness("annulus/schedules_test")
		s.Invoke("op", nil)
		n.Load()
		s.Return(nil)
		s.Fatal("show it")
	})
	for i := range f.Trace.Events {
		assert.Equal(t, trace.None, f.Trace.Events[i].Place, f.Trace.Places)
	}
}

// Sources are read through an overlay; one that is missing or broken replaces nothing.
func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "overlay.json")
	assert.Empty(t, schedules.ReadOverlay(path))
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	assert.Empty(t, schedules.ReadOverlay(path))
	require.NoError(t, os.WriteFile(path, []byte(`{"Replace": {"a/b.go": "c.go"}}`), 0o600))
	here, err := os.Getwd()
	require.NoError(t, err)
	assert.Equal(t, map[string]string{filepath.Join(here, "a", "b.go"): "c.go"}, schedules.ReadOverlay(path))
}
