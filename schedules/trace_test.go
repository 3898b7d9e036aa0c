package schedules_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

var update = flag.Bool("update", false, "rewrite the golden traces")

// traced are programs that fail, by the name of their golden trace.
var traced = map[string]func(*S){
	"operations": func(s *S) {
		var n atomic.Uint64
		s.Name(&n, "n")
		s.Observe("n", func() string { return fmt.Sprint(n.Load()) })
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				s.Invoke("inc", func() string { return "by 1" })
				old := n.Load()
				s.Logf("old is %d", old)
				n.Store(old + 1)
				s.Return(func() string { return "ok" })
			})
		}
		s.Wait()
		if n.Load() != 2 {
			s.Errorf("an update was lost")
		}
	},
	"formatted-values": func(s *S) {
		var word atomic.Uint32
		var n atomic.Int64
		s.Name(&word, "word")
		s.Format(func(object string, v uint64) string {
			if object != "word" {
				return ""
			}
			return fmt.Sprintf("v%d:s%d", v>>8, v&0xff)
		})
		word.CompareAndSwap(0, 0x0102)
		n.Store(-1)
		if word.Load() != 0 {
			s.Errorf("show the trace")
		}
	},
	"many-tasks": func(s *S) {
		var n atomic.Int64
		for i := range 8 {
			s.Go(fmt.Sprintf("number %d", i), func() {
				s.Invoke("increment", nil)
				n.Store(n.Load() + 1)
				s.Return(nil)
			})
		}
		s.Wait()
		if n.Load() != 8 {
			s.Errorf("updates were lost: there are %d instead of 8, which is not what was to be expected here, or anywhere", n.Load())
		}
	},
	"long-texts": func(s *S) {
		var n atomic.Uint64
		s.Observe("two lines", func() string { return "first\n" + strings.Repeat("second ", 30) })
		for _, name := range []string{"a task with a long name that does not fit into its column", "b", "c"} {
			s.Go(name, func() {
				s.Invoke("operation", func() string { return strings.Repeat("argument ", 9) })
				n.Add(1 << 40)
				s.Return(func() string { return strings.Repeat("result ", 9) })
			})
		}
		s.Wait()
		s.Fatal("an end\nwith two lines")
	},
	"repetition": func(s *S) {
		var n atomic.Int64
		var never atomic.Bool
		s.Go("a", func() {
			for range 100 {
				n.Add(1)
			}
			for range 30 {
				never.Load()
				n.Load()
			}
			for !never.Load() {
				runtime.Gosched()
			}
		})
	},
	"same-names": func(s *S) {
		for range 2 {
			s.Go("a", func() { new(atomic.Bool).Store(true); panic("both are called a") })
		}
	},
}

func TestTraces(t *testing.T) {
	place := regexp.MustCompile(`(_test\.go:|\.init)[.\w]+`)
	for name, body := range traced {
		f := schedules.Explore(context.Background(), body, schedules.Config{}).Failure
		if f == nil {
			t.Fatalf("%s: nothing failed", name)
		}
		got, _, _ := strings.Cut(f.Describe(), "stack of ") // which has addresses
		for line := range strings.Lines(got) {
			if w := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); w > 120 {
				t.Errorf("%s: a line has %d characters: %s", name, w, line)
			}
			if strings.TrimRight(line, " \n")+"\n" != line {
				t.Errorf("%s: spaces at the end of %q", name, line)
			}
		}
		// Line numbers and the names of function literals change with every edit
		// of this file.
		got = place.ReplaceAllString(got, "$1")
		file := filepath.Join("testdata", "traces", name+".txt")
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v; run the test with -update", err)
		}
		if got != string(want) {
			t.Errorf("%s: the trace is\n%s\nand was\n%s", name, got, want)
		}
	}
}
