package schedules_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/trace"
)

// A name that no schedule could have is refused where it is given.
func TestLongNamesAreRefused(t *testing.T) {
	long := strings.Repeat("x", 50<<20)
	for of, body := range map[string]func(s *S){
		"a task":    func(s *S) { s.Go(long, func() {}) },
		"an object": func(s *S) { s.Name(new(atomic.Int64), long) },
	} {
		r := schedules.Explore(context.Background(), body, schedules.Config{})
		want := "the name of " + of + " has 52428800 bytes; must have 4096 at most"
		if f := r.Failure; f == nil || f.Class != schedules.Panic || !strings.Contains(f.Message, want) {
			t.Errorf("%v, expected %s", f, want)
		}
	}
	var n atomic.Int64
	r := schedules.Explore(context.Background(), func(s *S) {
		s.Name(&n, strings.Repeat("o", schedules.MaxName))
		s.Go(strings.Repeat("t", schedules.MaxName), func() { n.Add(1) })
		s.Wait()
		s.Errorf("wrong")
	}, schedules.Config{})
	if r.Failure == nil || r.Failure.Class != schedules.Property {
		t.Fatal(r.Failure)
	}
	path := filepath.Join(t.TempDir(), "x")
	if err := r.Failure.Schedule.Save(path); err != nil {
		t.Fatal(err)
	}
	if _, err := schedules.LoadSchedule(path); err != nil {
		t.Fatal(err)
	}
}

// Of a text of 50 MB, wherever a program hands one in, a failure keeps a piece, so that
// it is shown and kept at the cost of any other.
func TestLongTextsAreCut(t *testing.T) {
	long := strings.Repeat("é", 25<<20)
	text := func() string { return long }
	var v atomic.Value
	r := schedules.Explore(context.Background(), func(s *S) {
		s.Observe("state", text)
		s.Watch(long, func() trace.State { return trace.State{Text: long, Fields: []trace.Field{{Name: "f", Value: long}}} })
		s.Invoke(long, text)
		v.Store(long)
		s.Logf("%s", long)
		s.Return(text)
		s.Errorf("%s", long)
	}, schedules.Config{NoMinimise: true})
	f := r.Failure
	if f == nil || !strings.HasSuffix(f.Message, "… and 52412416 more bytes") {
		t.Fatalf("%.100q", f.Message)
	}
	dir := filepath.Join(t.TempDir(), "kept")
	if err := f.Keep(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{schedules.ScheduleFile, schedules.TraceFile, schedules.TextFile, schedules.PageFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() > 1<<20 {
			t.Errorf("%s: %v, %d bytes", name, err, info.Size())
		}
	}
}

// Reading the worst schedules that are read at all takes a bounded amount of memory.
func TestReadingSchedulesIsBounded(t *testing.T) {
	head := "annulus schedule v2\nprogram x\nlimits steps=0 livelock=0 parking=true\n"
	for name, text := range map[string]string{
		"steps": head + strings.Repeat("a Load\n", 16<<20/7),
		"names": head + strings.Repeat(strings.Repeat("x", 4096)+" Load\n", 4000),
		"story": strings.Repeat("#"+strings.Repeat("x", 60_000)+"\n", 270) + head,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := schedules.ParseSchedule(strings.NewReader(text))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s: %v", name, err)
		}
		got := int64(after.TotalAlloc - before.TotalAlloc)
		t.Logf("%s: %d MB in all for %d MB", name, got>>20, len(text)>>20)
		if got > 1<<30 {
			t.Errorf("%s: %d MB were allocated for %d MB", name, got>>20, len(text)>>20)
		}
	}
}
