package schedules_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// stuck are programs that wait for what is not under control.
var stuck = map[string]func(*S){
	"chan receive": func(s *S) {
		c, never := make(chan int), make(chan int)
		s.Go("reader", func() {
			go func() { <-never; close(c) }()
			<-c
		})
	},
	"select": func(s *S) {
		var x atomic.Int64
		s.Go("reader", func() {
			x.Add(1)
			select {}
		})
	},
	"sync.Mutex.Lock": func(s *S) {
		var m stdsync.Mutex
		s.Go("holder", func() {
			var x atomic.Int64
			m.Lock()
			x.Add(1)
			m.Unlock()
		})
		s.Go("reader", func() { m.Lock() })
	},
	"runn": func(s *S) { // running or runnable
		s.Go("reader", func() {
			for i := 0; ; i++ {
				spun = i
			}
		})
	},
}

var spun int // by a task that computes for ever

const stuckVariable = "ANNULUS_TEST_STUCK"

// The process ends, with the task's name and its stack.
func TestTheWatchdogNamesWhoIsStuck(t *testing.T) {
	if name := os.Getenv(stuckVariable); name != "" {
		schedules.Explore(context.Background(), stuck[name], schedules.Config{Strategy: schedules.DFS(-1), Watchdog: 200 * time.Millisecond})
		return
	}
	for name := range stuck {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.Command(os.Args[0], "-test.run=^TestTheWatchdogNamesWhoIsStuck$", "-test.timeout=1m")
			command.Env = append(os.Environ(), stuckVariable+"="+name)
			out, err := command.CombinedOutput()
			if err == nil {
				t.Fatalf("the process has not failed:\n%s", out)
			}
			for _, want := range []string{
				`task "reader" has not come to a yield point for 200ms`, "[" + name, "watchdog_test.go", "Config.Watchdog",
			} {
				if !strings.Contains(string(out), want) {
					t.Errorf("%q is missing in\n%s", want, out)
				}
			}
			const other = "a goroutine that is not a task: started in schedules_test."
			if name == "chan receive" != strings.Contains(string(out), other) {
				t.Errorf("%q in the wrong case:\n%s", other, out)
			}
			if name == "select" != strings.Contains(string(out), "last operation was int64#1.Add") {
				t.Errorf("another last operation was expected in\n%s", out)
			}
		})
	}
}
