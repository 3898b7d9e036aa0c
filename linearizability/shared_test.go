package linearizability

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/buffer"
	"annulus/linearizability/internal/fuzzed"
	"annulus/linearizability/scenario"
	"annulus/model"
	"annulus/schedules"
)

// classOf returns a hash that identifies the equivalence class of the execution so far.
func classOf(s *schedules.S) uint64 {
	return reflect.ValueOf(s).Elem().FieldByName("e").Elem().FieldByName("hash").Uint()
}

// outcome is what must be the same in equivalent executions: what is judged, and the state
// at the end.
func (d *driver) outcome() string {
	var b strings.Builder
	b.Write(d.hist.canonical(nil))
	for i := range d.vars {
		v := &d.vars[i]
		fmt.Fprint(&b, v.addr, v.gen, v.size, v.state, v.owner)
	}
	fmt.Fprint(&b, d.bytes, d.evictions, d.drained, d.closed, d.config.Memory)
	return b.String()
}

// requireOneOutcomePerClass explores the program and requires that executions which the
// scheduler treats as equivalent have the same outcome. It returns the numbers of
// executions and of classes.
func requireOneOutcomePerClass(t require.TestingT, p scenario.Program, cfg schedules.Config) (executions, classes int) {
	x, err := newExploration(&p)
	require.NoError(t, err)
	outcomes := map[uint64]string{}
	body := func(s *schedules.S) {
		x.driver.run(s)
		executions++
		class, outcome := classOf(s), x.driver.outcome()
		if before, ok := outcomes[class]; ok && before != outcome {
			s.Fatalf("another outcome of the same class")
		}
		outcomes[class] = outcome
		hist := &x.driver.hist
		if !bytes.Equal(hist.canonical(nil), hist.ordered().canonical(nil)) {
			s.Fatalf("putting the history in order makes another one of it")
		}
	}
	if r := schedules.Explore(context.Background(), body, cfg); r.Failure != nil {
		require.Fail(t, r.Failure.Describe(), "%v", p)
	}
	return executions, len(outcomes)
}

// Two accesses are declared to the scheduler as dependent exactly if their order makes a
// difference.
func TestSharedMemoryIsDeclared(t *testing.T) {
	p := scenario.MustParse(`
		program shared
		ring    512 bytes, classes 64
		setup   alloc a 64; release a; alloc b 64; handover b
		t1      alloc c 64
		t2      metrics
	`)
	x, err := newExploration(&p)
	require.NoError(t, err)
	d := x.driver
	a, b, c := &d.vars[0], &d.vars[1], &d.vars[2]
	var guard buffer.Guard // of a block for c
	does := map[string]func(me *actor){
		"gets c":     func(me *actor) { me.got(c, &d.code.Tasks[0][0], guard, new(model.Op)) },
		"knows of c": func(me *actor) { me.knows(c) },
		"may free b": func(me *actor) { me.may(b, handled) },
		"takes b":    func(me *actor) { me.takes(b, handled) },
		"fills a":    func(me *actor) { me.fill(a) },
		"examines a": func(me *actor) { me.examine(a, "now") },
		"finds a":    func(me *actor) { me.find(a.addr, a.gen) },
		"fills b":    func(me *actor) { me.fill(b) },
		"examines b": func(me *actor) { me.examine(b, "now") },
	}
	ordered := map[[2]string]bool{
		{"gets c", "knows of c"}: true, {"gets c", "gets c"}: true,
		{"may free b", "takes b"}: true, {"takes b", "takes b"}: true,
		{"examines a", "fills a"}: true, {"fills a", "finds a"}: true, {"fills a", "fills a"}: true,
		{"examines b", "fills b"}: true, {"fills b", "fills b"}: true,
	}
	for one, first := range does {
		for other, second := range does {
			if one > other {
				continue
			}
			classes := map[uint64]bool{}
			schedules.Explore(context.Background(), func(s *schedules.S) {
				d.reset(s)
				d.open()
				d.actors[0].do(d.code.Setup)
				guard, _ = d.buf.Alloc(64)
				for i, do := range []func(*actor){first, second} {
					s.Go(d.actors[i+1].name, func() {
						s.Invoke("access", nil)
						do(d.actors[i+1])
					})
				}
				s.Wait()
				classes[classOf(s)] = true
			}, schedules.Config{Strategy: schedules.DFS(-1)})
			want := 1
			if ordered[[2]string{one, other}] {
				want = 2
			}
			require.Len(t, classes, want, "one task %s, the other %s", one, other)
		}
	}
}

// Whatever has an order in the history, or decides which operations the buffer performs, is
// declared to the scheduler.
func TestReductionWouldLoseNoOutcome(t *testing.T) {
	programs := scenario.Suite()
	for _, text := range []string{
		// Parts of operations begin and end at callbacks.
		"program bodies\nring 512 bytes, classes 64\nsetup alloc a 64; release a; alloc b 64; release b\nt1 evict { bytes b }\nt2 bytes a; bytes b",
		"program two-bodies\nring 512 bytes, classes 64\nsetup alloc a 64; release a; alloc b 64; release b\nt1 evict { bytes b }\nt2 evict { bytes a }",
		// The numbers of sweeps depend on the order of their invocations.
		"program sweeps\nring 512 bytes, classes 64\nsetup alloc a 64; release a; alloc b 64; handover b; free b\nt1 evictn 1\nt2 evictn 2",
		"program looks\nring 512 bytes, classes 64\nsetup alloc a 64; release a\nt1 blocks\nt2 bytes a; evict",
	} {
		programs = append(programs, scenario.MustParse(text))
	}
	schedulesEach := int64(1_000)
	if testing.Short() {
		schedulesEach = 300
	}
	executions, classes := 0, 0
	for _, p := range programs {
		n, k := requireOneOutcomePerClass(t, p, schedules.Config{Strategy: schedules.Mixture(1), Schedules: schedulesEach})
		executions, classes = executions+n, classes+k
	}
	require.Less(t, classes, executions/2, "there are classes to speak of")
	t.Logf("%d executions of %d classes", executions, classes)
}

func TestReductionWouldLoseNoOutcomeOfRandomPrograms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := schedules.Config{Strategy: schedules.Mixture(rapid.Uint64().Draw(t, "seed")), Schedules: 100}
		requireOneOutcomePerClass(t, fuzzed.Program(t), cfg)
	})
}
