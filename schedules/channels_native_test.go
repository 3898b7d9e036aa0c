package schedules_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"annulus/schedules"
)

// native runs the program on goroutines and channels of Go, and returns what each task has
// seen. It must not be able to deadlock.
func (p chanProgram) native() string {
	cs := make([]chan int, len(p.sizes))
	for i, size := range p.sizes {
		if size >= 0 {
			cs[i] = make(chan int, size)
		}
	}
	var mu sync.Mutex
	var x atomic.Int32
	seen := make([]string, len(p.tasks))
	begin := make(chan struct{})
	var all sync.WaitGroup
	for t, list := range p.tasks {
		all.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					seen[t] += fmt.Sprint(v)
				}
			}()
			<-begin
			for i, ins := range list {
				if (t+i)%3 == 0 {
					runtime.Gosched()
				}
				switch ins.op {
				case 's':
					seen[t] += told(nativeSelect(cs, ins, value(t, i)))
				case 'c':
					close(cs[ins.at])
				case 'n':
					seen[t] += fmt.Sprintf("len %d ", len(cs[ins.at]))
				case 'L':
					mu.Lock()
				case 'U':
					mu.Unlock()
				case 'a':
					x.Add(1)
				case 'l':
					seen[t] += fmt.Sprintf("load %d ", x.Load())
				}
			}
			seen[t] += "end"
		})
	}
	close(begin)
	all.Wait()
	return strings.Join(seen, "|")
}

func nativeSelect(cs []chan int, ins chanInstruction, v int) (nth, got int, ok bool) {
	var cases []reflect.SelectCase
	for _, c := range ins.cases {
		ch := reflect.ValueOf(cs[c.at])
		if c.send {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: ch, Send: reflect.ValueOf(v)})
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch})
		}
	}
	if !ins.block {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	nth, x, ok := reflect.Select(cases)
	switch {
	case nth == len(ins.cases):
		return -1, 0, false
	case cases[nth].Dir == reflect.SelectRecv:
		return nth, int(x.Int()), ok
	}
	return nth, 0, false
}

// What real goroutines on real channels come to is among the outcomes that the interpreter
// has, and so the searches.
func TestNativeOutcomesAreKnown(t *testing.T) {
	if schedules.UnderRace {
		t.Skip("to the race detector a send beside a close is a race")
	}
	programs, runs := 300, 200
	if testing.Short() {
		programs, runs = 40, 50
	}
	tried, native, all := 0, 0, 0
	for seed := 0; tried < programs; seed++ {
		p := randomChanProgram(rand.New(rand.NewPCG(uint64(seed), 15)), mixes["all"], 9)
		want := outcomesOf(p)
		deadlocks := false
		for outcome := range want {
			for seen := range strings.SplitSeq(outcome, "|") {
				deadlocks = deadlocks || !strings.HasSuffix(seen, "end") && !strings.HasSuffix(seen, "channel")
			}
		}
		if deadlocks || len(want) < 2 {
			continue
		}
		tried++
		seen := map[string]bool{}
		for range runs {
			outcome := p.native()
			if !want[outcome] {
				t.Fatalf("seed %d: goroutines have come to\n  %s\nwhich is unknown\n%v", seed, outcome, p)
			}
			seen[outcome] = true
		}
		native, all = native+len(seen), all+len(want)
	}
	t.Logf("%d programs have %d outcomes, of which %d runs each have shown %d", tried, all, runs, native)
}
