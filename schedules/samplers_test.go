package schedules_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// letters is a program of tasks that each perform so many operations on an
// object of their own or a shared one, and writes down who performs one: what it
// returns spells the interleaving. The body performs as many as it is told, and
// adds the tasks in the middle of them.
func letters(shared bool, body int, lengths ...int) func(s *S) func() string {
	return func(s *S) func() string {
		var order []byte
		var common atomic.Int64
		perform := func(name byte, n int) {
			var own atomic.Int64
			x := &own
			if shared {
				x = &common
			}
			for range n {
				x.Add(1)
				order = append(order, name)
			}
		}
		perform('m', body/2)
		for i, n := range lengths {
			s.Go("task", func() { perform('a'+byte(i), n) })
		}
		perform('m', body-body/2)
		return func() string { return string(order) }
	}
}

// frequencies runs the program so many times, after some executions to warm up.
func frequencies(strategy schedules.Strategy, runs int, program func(s *S) func() string) map[string]int {
	const warmUp = 10
	counts := map[string]int{}
	left := warmUp
	var result func() string
	schedules.Explore(context.Background(), func(s *S) {
		if result != nil {
			if left--; left < 0 {
				counts[result()]++
			}
		}
		result = program(s)
	}, schedules.Config{Strategy: strategy, Schedules: int64(runs + warmUp + 1), NoRepeat: true})
	return counts
}

// chiSquare compares the counts with the probabilities of all outcomes. It
// returns the statistic in standard deviations above what is expected of it.
func chiSquare(counts map[string]int, runs int, probability map[string]float64) float64 {
	x, seen := 0.0, 0
	for outcome, p := range probability {
		d := float64(counts[outcome]) - p*float64(runs)
		x += d * d / (p * float64(runs))
		seen += counts[outcome]
	}
	if seen != runs {
		return math.Inf(1) // something happened that has no probability
	}
	free := float64(len(probability) - 1)
	return (x - free) / math.Sqrt(2*free)
}

// spell adds the interleavings of tasks with so many operations left each to
// probability, where each of those that have any is equally likely to go on: the
// distribution of a random walk.
func spell(left []int, before string, p float64, probability map[string]float64) {
	can := 0
	for _, n := range left {
		if n > 0 {
			can++
		}
	}
	if can == 0 {
		probability[before] = p
		return
	}
	for i, n := range left {
		if n > 0 {
			left[i]--
			spell(left, before+string(rune('a'+i)), p/float64(can), probability)
			left[i]++
		}
	}
}

func uniform(over map[string]float64) map[string]float64 {
	u := map[string]float64{}
	for outcome := range over {
		u[outcome] = 1 / float64(len(over))
	}
	return u
}

func TestTheUniformRandomWalkIsUniform(t *testing.T) {
	const runs = 30_000
	for _, lengths := range [][]int{{3, 3}, {2, 6}, {1, 7}, {2, 2, 2}, {1, 2, 3}} {
		walk := map[string]float64{}
		spell(lengths, "", 1, walk)
		urw := frequencies(schedules.URW(1), runs, letters(false, 0, lengths...))
		if x := chiSquare(urw, runs, uniform(walk)); x > 4 {
			t.Errorf("lengths %v: off the uniform distribution by %.1f deviations", lengths, x)
		}
		random := frequencies(schedules.Random(1), runs, letters(false, 0, lengths...))
		if x := chiSquare(random, runs, walk); x > 4 {
			t.Errorf("lengths %v: the random walk is off its own distribution by %.1f deviations", lengths, x)
		}
		if x := chiSquare(random, runs, uniform(walk)); x < 50 {
			t.Errorf("lengths %v: the random walk is uniform, which the program cannot show then: %.1f deviations", lengths, x)
		}
	}
}

// The body adds two tasks of three operations between its second and its third:
// what comes before is the same in all interleavings, what comes after are
// 8!/(2!·3!·3!) of them, all equally likely.
func TestOperationsOfTasksToComeCountForTheirParent(t *testing.T) {
	const runs = 60_000
	rest := map[string]float64{}
	spell([]int{3, 3, 2}, "", 1, rest)
	all := map[string]float64{}
	for s, p := range rest {
		b := []byte("mm" + s)
		for i, c := range b {
			if c == 'c' {
				b[i] = 'm'
			}
		}
		all[string(b)] = p
	}
	counts := frequencies(schedules.URW(1), runs, letters(false, 4, 3, 3))
	if x := chiSquare(counts, runs, uniform(all)); x > 4 {
		t.Errorf("off by %.1f deviations", x)
	}

	// Now a task adds one, while another competes with it: the interleavings
	// are those of b with a, whose last three operations compete in turn.
	counts = frequencies(schedules.URW(1), runs, func(s *S) func() string {
		var order []byte
		perform := func(name byte, n int) {
			var own atomic.Int64
			for range n {
				own.Add(1)
				order = append(order, name)
			}
		}
		s.Go("parent", func() {
			perform('a', 2)
			s.Go("child", func() { perform('c', 2) })
			perform('a', 1)
		})
		s.Go("other", func() { perform('b', 2) })
		return func() string { return string(order) }
	})
	flat := map[string]float64{}
	spell([]int{3, 2, 2}, "", 1, flat)
	forked := map[string]float64{}
	for s := range flat {
		as := 0
		possible := true
		for _, c := range s {
			if c == 'a' {
				as++
			}
			possible = possible && (c != 'c' || as >= 2)
		}
		if possible {
			forked[s] = 1
		}
	}
	if x := chiSquare(counts, runs, uniform(forked)); x > 4 {
		t.Errorf("off by %.1f deviations over %d interleavings", x, len(forked))
	}
}

// A uniform random walk that has served another program starts afresh.
func TestURWForgetsOtherPrograms(t *testing.T) {
	const runs = 20_000
	strategy := schedules.URW(1)
	frequencies(strategy, 1000, letters(false, 0, 1, 40))
	all := map[string]float64{}
	spell([]int{4, 2}, "", 1, all)
	counts := frequencies(strategy, runs, letters(false, 0, 4, 2))
	if x := chiSquare(counts, runs, uniform(all)); x > 4 {
		t.Errorf("off by %.1f deviations", x)
	}
}

// Where all operations race, each draws anew after each other, and POS is a
// random walk.
func TestPOSDecidesEveryRaceAfresh(t *testing.T) {
	const runs = 30_000
	walk := map[string]float64{}
	spell([]int{3, 3}, "", 1, walk)
	if x := chiSquare(frequencies(schedules.POS(1), runs, letters(true, 0, 3, 3)), runs, walk); x > 4 {
		t.Errorf("off by %.1f deviations", x)
	}
	// Where none does, the three operations of one all come before a single one
	// of the other with a probability of 1/4.
	counts := frequencies(schedules.POS(1), runs, letters(false, 0, 3, 1))
	want := map[string]float64{"aaab": 1. / 4, "aaba": 1. / 12, "abaa": 1. / 6, "baaa": 1. / 2}
	if x := chiSquare(counts, runs, want); x > 4 {
		t.Errorf("off by %.1f deviations: %v", x, counts)
	}
}

// The example of what partial orders are good for: the only two operations that
// race come in the less likely order if a task performs ten others first.
func TestPOSFindsWhatARandomWalkHardlyDoes(t *testing.T) {
	const n, runs = 10, 20_000
	late := func(strategy schedules.Strategy) (found int) {
		for outcome, times := range frequencies(strategy, runs, func(s *S) func() string {
			var x atomic.Int64
			s.Go("late", func() {
				var own atomic.Int64
				for range n {
					own.Load()
				}
				x.CompareAndSwap(0, 1)
			})
			s.Go("early", func() { x.CompareAndSwap(0, 2) })
			s.Wait()
			last := x.Load()
			return func() string { return string('0' + byte(last)) }
		}) {
			if outcome == "1" {
				found += times
			}
		}
		return found
	}
	// n+1 operations in a row must beat the other one: with POS, all of them the
	// same priority, which has a probability of 1/(n+2); with a random walk a new
	// coin each time, 1/2^(n+1).
	pos, random := late(schedules.POS(1)), late(schedules.Random(1))
	t.Logf("found %d times by POS and %d times by a random walk, of %d", pos, random, runs)
	if want := runs / (n + 2); pos < want*9/10 || pos > want*11/10 {
		t.Errorf("POS found it %d times, expected about %d", pos, want)
	}
	if random > pos/50 {
		t.Errorf("the random walk found it %d times", random)
	}
}

// Spinning tasks leave the way to others.
func TestSamplersAreNotHeldUpByBackOffs(t *testing.T) {
	for _, strategy := range []schedules.Strategy{schedules.POS(1), schedules.URW(1), schedules.Mixture(1)} {
		r := schedules.Explore(context.Background(), func(s *S) {
			var turn atomic.Int64
			for i := range int64(3) {
				s.Go("waiter", func() {
					for turn.Load() != i {
						runtime.Gosched()
					}
					turn.Add(1)
				})
			}
		}, schedules.Config{Strategy: strategy, Schedules: 300, NoParking: true, Steps: 2000})
		if r.Failure != nil || r.Steps/r.Schedules > 60 {
			t.Errorf("%v: %v", strategy, r)
		}
	}
}

// racing is a strategy that hands over what Choice.Races says where all tasks
// have arrived at their operations.
type racing struct {
	schedules.Strategy
	seen []schedules.TaskSet
}

func (r *racing) Choose(c *schedules.Choice) int {
	if r.seen == nil {
		for t := range 5 {
			r.seen = append(r.seen, c.Races(t))
		}
	}
	return r.Strategy.Choose(c)
}

func TestRaces(t *testing.T) {
	type op struct {
		name string
		do   func()
	}
	for _, object := range []struct {
		name string
		ops  func() []op
		// For each pair of operations, one after the other, whether it races.
		want string
	}{
		{"atomic", func() []op {
			var x atomic.Int64
			return []op{
				{"Load", func() { x.Load() }}, {"Store", func() { x.Store(1) }},
				{"CAS", func() { x.CompareAndSwap(5, 6) }}, {"Load", func() { x.Load() }},
			}
		}, "-xx- xxxx xxxx -xx-"},
		{"mutex", func() []op {
			var m sync.Mutex
			lock := func() { m.Lock(); m.Unlock() }
			return []op{{"Lock", lock}, {"TryLock", func() {
				if m.TryLock() {
					m.Unlock()
				}
			}}}
		}, "xx xx"},
		{"readers-writer lock", func() []op {
			var m sync.RWMutex
			read := func() { m.RLock(); m.RUnlock() }
			return []op{{"RLock", read}, {"RLock", read}, {"Lock", func() { m.Lock(); m.Unlock() }}}
		}, "--x --x xxx"},
		{"wait group", func() []op {
			wg := new(sync.WaitGroup)
			wg.Add(2)
			return []op{{"Done", wg.Done}, {"Done", wg.Done}, {"Wait", wg.Wait}}
		}, "--x --x xx-"},
		{"wait group with too little", func() []op {
			wg := new(sync.WaitGroup)
			wg.Add(1)
			return []op{{"Done", func() { panics(wg.Done) }}, {"Done", func() { panics(wg.Done) }}}
		}, "xx xx"},
		{"read locks of the body", func() []op {
			var m sync.RWMutex
			m.RLock()
			m.RLock()
			return []op{{"RUnlock", m.RUnlock}, {"RUnlock", m.RUnlock}, {"RLock", m.RLock}}
		}, "--x --x xx-"},
		{"different objects", func() []op {
			var x, y atomic.Int64
			return []op{{"Store", func() { x.Store(1) }}, {"Store", func() { y.Store(1) }}, {"Gosched", runtime.Gosched}}
		}, "x-- -x- ---"},
	} {
		n := len(object.ops())
		var got strings.Builder
		for i := range n {
			for j := range n {
				r := &racing{Strategy: schedules.Random(1)}
				schedules.Explore(context.Background(), func(s *S) {
					ops := object.ops()
					s.Go("i", ops[i].do)
					s.Go("j", ops[j].do)

					for range 2 {
						s.Go("bystander", func() { new(atomic.Int64).Store(1) })
					}
					s.Wait()
				}, schedules.Config{Strategy: r, Schedules: 1, NoMinimise: true})
				switch [5]schedules.TaskSet(r.seen) {
				case [5]schedules.TaskSet{1: schedules.Tasks(2), 2: schedules.Tasks(1)}:
					got.WriteString("x")
				case [5]schedules.TaskSet{}:
					got.WriteString("-")
				default:
					t.Fatalf("%s: races %v", object.name, r.seen)
				}
			}
			if i < n-1 {
				got.WriteString(" ")
			}
		}
		if got.String() != object.want {
			t.Errorf("%s: races are %q, expected %q", object.name, got.String(), object.want)
		}
	}
	if set := (&schedules.Choice{Enabled: schedules.Tasks(0, 1)}).Races(1); !set.IsEmpty() {
		t.Errorf("outside an execution: %v", set)
	}
}
