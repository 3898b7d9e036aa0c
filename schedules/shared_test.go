package schedules_test

import (
	"context"
	"encoding/json"
	"strings"
	gosync "sync"
	goatomic "sync/atomic"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// unswapped is a structure whose imports are the standard ones.
type unswapped struct {
	mu gosync.Mutex
	n  int
	at goatomic.Int64
}

func (u *unswapped) inc() {
	u.mu.Lock()
	u.n++
	u.mu.Unlock()
	u.at.Add(1)
}

// nothingShared are bodies in which there is nothing to look at.
var nothingShared = map[string]func(*S){
	"nothing at all": func(*S) {},
	"imports not swapped": func(s *S) {
		var u unswapped
		s.Go("a", u.inc)
		s.Go("b", u.inc)
		s.Wait()
	},
	"imports not swapped, joined by a WaitGroup": func(s *S) {
		var u unswapped
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b"} {
			wg.Add(1)
			s.Go(name, func() { defer wg.Done(); u.inc() })
		}
		wg.Wait()
	},
	"imports not swapped, by Go of a WaitGroup": func(*S) {
		var u unswapped
		var wg sync.WaitGroup
		wg.Go(u.inc)
		wg.Go(u.inc)
		wg.Wait()
	},
	"imports not swapped, operations invoked": func(s *S) {
		var u unswapped
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { s.Invoke("inc", nil); u.inc(); s.Return(nil) })
		}
		s.Wait()
	},
	"imports not swapped, Gosched": func(s *S) {
		var u unswapped
		s.Go("a", func() { u.inc(); runtime.Gosched(); u.inc() })
		s.Go("b", u.inc)
	},
	"the first test without its swap": func(s *S) {
		var in goatomic.Int64
		var inside atomic.Int64
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				if in.Load() >= 1 {
					return
				}
				in.Add(1)
				inside.Add(1)
				inside.Add(-1)
				in.Add(-1)
			})
		}
		s.Wait()
	},
	"imports not swapped, and a log that is declared": func(s *S) {
		var u unswapped
		var log []string
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { u.inc(); s.Writes(&log); log = append(log, name) })
		}
		s.Wait()
	},
	"no second task": func(*S) {
		var n atomic.Int64
		n.Add(1)
	},
	"one task, set up and looked at by the body": func(s *S) {
		var n atomic.Int64
		n.Store(1)
		s.Go("a", func() { n.Add(1) })
		s.Wait()
		n.Load()
	},
	"one task, joined by a WaitGroup": func(s *S) {
		var n atomic.Int64
		var wg sync.WaitGroup
		wg.Add(1)
		s.Go("a", func() { n.Add(1); wg.Done() })
		wg.Wait()
		n.Load()
	},
	"tasks with objects of their own": func(s *S) {
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				var mu sync.Mutex
				mu.Lock()
				mu.Unlock()
			})
		}
		s.Wait()
	},
}

// somethingShared are bodies in which there is something to look at, even if it can
// only go one way.
var somethingShared = map[string]func(*S){
	"an atomic": func(s *S) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		s.Go("b", func() { n.Add(1) })
	},
	"an atomic that is only read": func(s *S) {
		var n atomic.Int64
		s.Go("a", func() { n.Load() })
		s.Go("b", func() { n.Load() })
		s.Wait()
	},
	"an atomic of the body and a task": func(s *S) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		n.Add(1)
	},
	"tasks that come one after the other": func(s *S) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		s.Wait()
		s.Go("b", func() { n.Add(1) })
		s.Wait()
	},
	"a task of a task": func(s *S) {
		var n atomic.Int64
		runtime.Go(func() {
			runtime.Go(func() { n.Add(1) })
			n.Add(1)
		})
	},
	"a lock that is only read": func(s *S) {
		var mu sync.RWMutex
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { mu.RLock(); mu.RUnlock() })
		}
	},
	"a Pool from which one task takes what it likes": func(s *S) {
		var p sync.Pool
		p.Put(1)
		p.Put(2)
		p.Get()
	},
	"a Once": func(s *S) {
		var once sync.Once
		s.Go("a", func() { once.Do(func() {}) })
		s.Go("b", func() { once.Do(func() {}) })
	},
	"a plain variable": func(s *S) {
		var v plain.Var[int]
		s.Go("a", func() { v.Get() })
		s.Go("b", func() { v.Get() })
	},
}

// Every strategy that searches and those that sample judge alike.
func sharingConfigs() map[string]schedules.Config {
	return map[string]schedules.Config{
		"default": {},
		"dfs":     {Strategy: schedules.DFS(-1)},
		"dpor":    {Strategy: schedules.DPOR()},
		"random":  {Strategy: schedules.Random(1), Schedules: 20},
	}
}

func TestNothingSharedIsAVerdict(t *testing.T) {
	for name, body := range nothingShared {
		for with, cfg := range sharingConfigs() {
			r := schedules.Explore(context.Background(), body, cfg)
			if r.Verdict() != "NOTHING SHARED" || !r.NothingShared || r.Exhausted || r.Failure != nil {
				t.Errorf("%s, %s: %v", name, with, r)
			}
			cfg.Unshared = true
			if r := schedules.Explore(context.Background(), body, cfg); r.NothingShared || with != "random" && r.Verdict() != "EXHAUSTED" {
				t.Errorf("%s, %s, if that is meant: %v", name, with, r)
			}
		}
	}
}

func TestSomethingSharedIsLookedAt(t *testing.T) {
	for name, body := range somethingShared {
		for with, cfg := range sharingConfigs() {
			if r := schedules.Explore(context.Background(), body, cfg); r.NothingShared || with != "random" && r.Verdict() != "EXHAUSTED" {
				t.Errorf("%s, %s: %v", name, with, r)
			}
		}
	}
}

// A failure is more than that nothing is shared.
func TestWhatFailsNeedNotShare(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) { s.Errorf("wrong") }, schedules.Config{})
	if r.Verdict() != "FAIL" || r.NothingShared {
		t.Error(r)
	}
}

func TestCheckFailsIfNothingIsShared(t *testing.T) {
	tb := &fakeTB{name: "TestX"}
	schedules.Check(tb, func(s *S) {
		var own atomic.Int64
		s.Go("a", func() { own.Add(1) })
		s.Go("b", func() {})
	}, schedules.Config{})
	if len(tb.errors) != 1 || len(tb.logs) != 0 {
		t.Fatalf("errors %q, logs %q", tb.errors, tb.logs)
	}
	for _, want := range []string{
		"FAIL nothing shared: no two tasks have used one object in any execution", "main has used none", "a has used int64#1", "b has used none",
		"import annulus/schedules/sync", "by S.Go and not by a go statement", "set Config.Unshared", "NOTHING SHARED: 1 schedules",
	} {
		if !strings.Contains(tb.errors[0], want) {
			t.Errorf("%q is missing in\n%s", want, tb.errors[0])
		}
	}
	meant := &fakeTB{name: "TestX"}
	schedules.Check(meant, nothingShared["no second task"], schedules.Config{Unshared: true})
	if len(meant.errors) != 0 || len(meant.logs) != 1 {
		t.Errorf("errors %q, logs %q", meant.errors, meant.logs)
	}
}

// A shard does not fail because the others have what is shared; all together do if
// nobody has.
func TestMergeJudgesWhatIsShared(t *testing.T) {
	const shards = 2
	merged := func(body func(*S)) (*schedules.Report, []*schedules.Report) {
		t.Helper()
		var parts []*schedules.Report
		for i := range shards {
			r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DPOR(), Shard: schedules.Shard{Index: i + 1, Count: shards}})
			data, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			read := new(schedules.Report)
			if err := json.Unmarshal(data, read); err != nil {
				t.Fatal(err)
			}
			parts = append(parts, read)
		}
		all, err := schedules.Merge(parts...)
		if err != nil {
			t.Fatal(err)
		}
		return all, parts
	}
	none := nothingShared["imports not swapped"]
	all, parts := merged(none)
	if all.Verdict() != "NOTHING SHARED" || all.Exhausted {
		t.Errorf("nothing shared in any shard: %v", all)
	}
	if got := parts[0].Verdict(); got != "NOTHING SHARED in shard 1/2" || !parts[0].Exhausted {
		t.Errorf("one shard: %s", got)
	}
	if one, err := schedules.Merge(parts[0]); err != nil || one.Verdict() != "INCOMPLETE" || one.NothingShared {
		t.Errorf("without the other shard: %v, %v", one, err)
	}
	parts[1].NothingShared = false // as if it had found something
	if all, err := schedules.Merge(parts...); err != nil || all.Verdict() != "EXHAUSTED" || all.NothingShared {
		t.Errorf("something shared in one shard: %v, %v", all, err)
	}
	if all, _ := merged(somethingShared["an atomic"]); all.Verdict() != "EXHAUSTED" {
		t.Errorf("something shared: %v", all)
	}
	t.Setenv("ANNULUS_SHARD", "1/2")
	tb := &fakeTB{name: "TestX"}
	if schedules.Check(tb, none, schedules.Config{}); len(tb.errors) != 0 || !strings.Contains(tb.logs[0], "NOTHING SHARED in shard 1/2") {
		t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
	}
}
