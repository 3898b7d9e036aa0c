package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// chanProgram is a small random program: tasks over channels, a mutex and a number.
type chanProgram struct {
	sizes []int // of the channels; -1 stands for a nil channel
	tasks [][]chanInstruction
}

// chanInstruction is an operation.
type chanInstruction struct {
	op    byte // 's'elect or a send or receive alone, 'c'lose, 'n' for len, 'L'ock, 'U'nlock, 'a'dd, 'l'oad
	at    int  // the channel
	cases []chanChoice
	block bool
}

// chanChoice is a case. What is sent is told by the task and the number of its operation.
type chanChoice struct {
	at   int
	send bool
}

func (p chanProgram) String() string {
	var b strings.Builder
	fmt.Fprint(&b, "channels of ", p.sizes)
	for t, list := range p.tasks {
		fmt.Fprintf(&b, "\n  task %d:", t)
		for _, ins := range list {
			fmt.Fprintf(&b, " %s;", ins)
		}
	}
	return b.String()
}

func (ins chanInstruction) String() string {
	switch ins.op {
	case 's':
		var parts []string
		for _, c := range ins.cases {
			part := fmt.Sprintf("<-c%d", c.at)
			if c.send {
				part = fmt.Sprintf("c%d<-", c.at)
			}
			parts = append(parts, part)
		}
		if !ins.block {
			parts = append(parts, "default")
		}
		if len(parts) == 1 {
			return parts[0]
		}
		return "select{" + strings.Join(parts, ", ") + "}"
	case 'c':
		return fmt.Sprintf("close(c%d)", ins.at)
	case 'n':
		return fmt.Sprintf("len(c%d)", ins.at)
	}
	return string(ins.op)
}

// chanMix says how often each kind of operation is drawn.
type chanMix struct {
	plain, polls, selects, closes, lens, locks, numbers, nils int

	wide bool // channels have up to three places, and not two
}

// randomChanProgram draws a program with at most so many operations.
func randomChanProgram(r *rand.Rand, mix chanMix, most int) chanProgram {
	var p chanProgram
	for range 1 + r.IntN(3) {
		size := r.IntN(4)
		if size == 3 && !mix.wide || r.IntN(2) == 0 {
			size = r.IntN(2)
		}
		if r.IntN(100) < mix.nils {
			size = -1
		}
		p.sizes = append(p.sizes, size)
	}
	at := func() int { return r.IntN(len(p.sizes)) }
	choice := func() chanChoice { return chanChoice{at(), r.IntN(2) == 0} }
	kinds := []int{mix.plain, mix.polls, mix.selects, mix.closes, mix.lens, mix.locks, mix.numbers}
	sum := 0
	for _, n := range kinds {
		sum += n
	}
	draw := func() int {
		n := r.IntN(sum)
		for kind, weight := range kinds {
			if n -= weight; n < 0 {
				return kind
			}
		}
		panic("unreachable")
	}
	total := 0
	for range 2 + r.IntN(3) {
		var list []chanInstruction
		locked := false
		for range 1 + r.IntN(4) {
			if total++; total > most {
				break
			}
			switch draw() {
			case 0:
				list = append(list, chanInstruction{op: 's', cases: []chanChoice{choice()}, block: true})
			case 1:
				list = append(list, chanInstruction{op: 's', cases: []chanChoice{choice()}})
			case 2:
				ins := chanInstruction{op: 's', block: r.IntN(4) > 0}
				for range 2 + r.IntN(2) {
					ins.cases = append(ins.cases, choice())
				}
				list = append(list, ins)
			case 3:
				list = append(list, chanInstruction{op: 'c', at: at()})
			case 4:
				list = append(list, chanInstruction{op: 'n', at: at()})
			case 5:
				op := byte('L')
				if locked {
					op = 'U'
				}
				locked = !locked
				list = append(list, chanInstruction{op: op})
			case 6:
				list = append(list, chanInstruction{op: "al"[r.IntN(2)]})
			}
		}
		if locked {
			list = append(list, chanInstruction{op: 'U'})
		}
		if len(list) > 0 {
			p.tasks = append(p.tasks, list)
		}
	}
	return p
}

// value is what the task sends in its nth operation.
func value(task, nth int) int { return 10*task + nth + 1 }

// told is what a task writes down of an operation.
func told(nth, v int, ok bool) string { return fmt.Sprintf("%d:%d,%t ", nth, v, ok) }

// perform runs the program as tasks, and writes down what each has seen.
func (p chanProgram) perform(s *S, seen []string) {
	clear(seen)
	cs := make([]*channel, len(p.sizes))
	for i, size := range p.sizes {
		if size >= 0 {
			cs[i] = newChannel(size)
		}
	}
	var mu sync.Mutex
	var x atomic.Int32
	for t, list := range p.tasks {
		s.Go(fmt.Sprint(t), func() {
			defer func() {
				if v := recover(); v != nil {
					seen[t] += fmt.Sprint(v)
				}
			}()
			for i, ins := range list {
				switch ins.op {
				case 's':
					cases := make([]channelCase, len(ins.cases))
					for k, c := range ins.cases {
						cases[k] = channelCase{cs[c.at], c.send, value(t, i)}
					}
					seen[t] += told(choose(ins.block, cases...))
				case 'c':
					cs[ins.at].close()
				case 'n':
					n := 0
					if c := cs[ins.at]; c != nil {
						n = c.len()
					}
					seen[t] += fmt.Sprintf("len %d ", n)
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
}

// mixes are kinds of programs.
var mixes = map[string]chanMix{
	"sends and receives": {plain: 1},
	"with close":         {plain: 4, closes: 1},
	"selects":            {plain: 3, selects: 3, closes: 1},
	"polls":              {plain: 3, polls: 2, closes: 1, lens: 1},
	"nil channels":       {plain: 2, polls: 1, selects: 1, nils: 40},
	"all":                {plain: 6, polls: 2, selects: 4, closes: 2, lens: 1, locks: 2, numbers: 2, nils: 5, wide: true},
}

// TestChannelsKeepOutcomes compares what searches of random programs see with what a
// direct interpretation of the programs comes to. PROGRAMS says how many of each kind
// there are, and FIRST the number of the first; what they came to is logged.
func TestChannelsKeepOutcomes(t *testing.T) {
	first, programs := number(t, "FIRST", 0), number(t, "PROGRAMS", 1000)
	if testing.Short() {
		programs = min(programs, 200)
	}
	for name, mix := range mixes {
		t.Run(name, func(t *testing.T) {
			var reduced, cached, plain chanTally
			for seed := first; seed < first+programs; seed++ {
				p := randomChanProgram(rand.New(rand.NewPCG(uint64(seed), 14)), mix, 7)
				want := slices.Sorted(maps.Keys(outcomesOf(p)))
				check := func(tally *chanTally, strategy schedules.Strategy) []uint64 {
					classes := tally.search(t, p, strategy)
					if got := slices.Compact(slices.Sorted(maps.Values(classes))); !slices.Equal(got, want) {
						t.Fatalf("seed %d, %s: seen\n  %s\nexpected\n  %s\n%v", seed, strategy, strings.Join(got, "\n  "), strings.Join(want, "\n  "), p)
					}
					return slices.Sorted(maps.Keys(classes))
				}
				classes := check(&reduced, schedules.DPOR())
				if seed%5 == 0 {
					check(&cached, schedules.CachedDFS(-1))
				}
				if n := p.operations(); n <= 4 || n == 5 && seed%20 == 0 {
					if all := check(&plain, schedules.DFS(-1)); !slices.Equal(all, classes) {
						t.Fatalf("seed %d: %d classes by DPOR, %d by plain enumeration\n%v", seed, len(classes), len(all), p)
					}
				}
			}
			t.Logf("%d programs: %v by DPOR; %v by the search with a cache; %v by plain enumeration", programs, reduced, cached, plain)
		})
	}
}

// number returns the value of an environment variable, or what stands for it.
func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

func (p chanProgram) operations() (n int) {
	for _, list := range p.tasks {
		n += len(list)
	}
	return n
}

// chanTally counts what searches have come to.
type chanTally struct{ programs, executions, classes, outcomes int }

func (c chanTally) String() string {
	return fmt.Sprintf("%d programs, %d executions, %d classes, %d outcomes", c.programs, c.executions, c.classes, c.outcomes)
}

// search returns the outcomes of all classes that the strategy sees. Executions of one class
// must have one.
func (c *chanTally) search(t *testing.T, p chanProgram, strategy schedules.Strategy) map[uint64]string {
	results := map[string]bool{}
	classes := map[uint64]string{}
	seen := make([]string, len(p.tasks))
	schedules.Enumerate(func(s *S) { p.perform(s, seen) }, schedules.Config{Strategy: strategy, Unshared: true},
		func(x schedules.Execution) bool {
			c.executions++
			if x.Redundant || x.Unfinished {
				return true
			}
			if x.Failure != nil && x.Failure.Class != schedules.Deadlock {
				t.Fatalf("%v\n%v", x.Failure, p)
			}
			outcome := strings.Join(seen, "|")
			if before, ok := classes[x.Class]; ok && before != outcome {
				t.Fatalf("one class has outcomes\n  %s\n  %s\n%v", before, outcome, p)
			}
			classes[x.Class] = outcome
			results[outcome] = true
			return true
		})
	c.programs++
	c.classes += len(classes)
	c.outcomes += len(results)
	return classes
}
