package linearizability

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/buffer"
	"annulus/linearizability/scenario"
	"annulus/model"
	"annulus/schedules"
)

// Every scenario passes in every execution without preemption.
func TestSuitePassesWithoutPreemption(t *testing.T) {
	for _, p := range scenario.Suite() {
		t.Run(p.Name, func(t *testing.T) {
			r, err := Explore(t.Context(), p, schedules.Config{Strategy: schedules.DFS(0), Schedules: 2_000})
			require.NoError(t, err)
			if r.Failure != nil {
				t.Fatal(r.Failure.Describe())
			}
		})
	}
}

// Together the scenarios reach every outcome of every operation.
func TestSuiteReachesEveryOutcome(t *testing.T) {
	type answer struct {
		kind    model.Kind
		outcome model.Outcome
	}
	seen := map[answer]bool{}
	causes := map[model.Cause]bool{}
	batches, stops := 0, 0
	for _, p := range scenario.Suite() {
		x, err := newExploration(&p)
		require.NoError(t, err)
		body := func(s *schedules.S) {
			x.driver.run(s)
			for i := range x.driver.hist.entries {
				o := &x.driver.hist.entries[i].Op
				seen[answer{o.Kind, o.Outcome}] = true
				if o.Kind == model.OpReturn {
					causes[o.Cause] = true
				}
				if o.Kind == model.OpReserve && o.Evictor != 0 && i > 0 && x.driver.hist.entries[i-1].Op.Evictor == o.Evictor {
					batches++
				}
			}
			stops += len(x.driver.hist.batches)
		}
		schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DFS(1), Schedules: 500})
	}
	for _, want := range []answer{
		{model.OpAlloc, model.OK}, {model.OpAlloc, model.Full}, {model.OpAlloc, model.BadSize}, {model.OpAlloc, model.Closed},
		{model.OpRelease, model.OK}, {model.OpHandOver, model.OK}, {model.OpFree, model.OK}, {model.OpCancel, model.OK},
		{model.OpTryTombstone, model.OK}, {model.OpTryTombstone, model.Busy}, {model.OpTryTombstone, model.Stale},
		{model.OpBytes, model.OK}, {model.OpBytes, model.Stale},
		{model.OpCopyOnAccess, model.OK}, {model.OpCopyOnAccess, model.Stale},
		{model.OpReserve, model.OK}, {model.OpReserve, model.Empty}, {model.OpReserve, model.InFlight}, {model.OpReserve, model.Closed},
		{model.OpWait, model.OK}, {model.OpClaim, model.OK}, {model.OpReturn, model.OK}, {model.OpFinish, model.OK},
		{model.OpObserve, model.OK}, {model.OpLook, model.OK}, {model.OpDrained, model.OK},
		{model.OpClose, model.OK}, {model.OpClose, model.Live},
		{model.OpStock, model.OK}, {model.OpSpill, model.OK}, {model.OpAim, model.OK},
	} {
		assert.True(t, seen[want], "%v never answers %v", want.kind, want.outcome)
	}
	for _, c := range []model.Cause{model.CallbackFailed, model.PatienceRanOut, model.ContextRanOut} {
		assert.True(t, causes[c], "nothing is given back because %v", c)
	}
	assert.NotZero(t, batches, "nothing is reserved in a batch")
	assert.NotZero(t, stops, "no batch may have stopped")
}

// tampered explores a program whose named tasks also do something that no program can
// express.
func tampered(t *testing.T, text string, task int, do func(d *driver)) *schedules.Failure {
	t.Helper()
	p := scenario.MustParse(text)
	x, err := newExploration(&p)
	require.NoError(t, err)
	d := x.driver
	d.actors[task].run = func() { do(d) }
	r := schedules.Explore(context.Background(), d.run, schedules.Config{Strategy: schedules.DFS(1), Time: time.Hour})
	require.NotNil(t, r.Failure)
	assert.Equal(t, schedules.Property, r.Failure.Class)
	return r.Failure
}

const heldProgram = `
program held
ring    512 bytes, classes 64 128
setup   alloc a 64; alloc b 64; release b
t1      release a
t2      evict
`

// Bytes that change while their owner holds the block are noticed, and the message says
// whose they are.
func TestContentIsChecked(t *testing.T) {
	f := tampered(t, heldProgram, 2, func(d *driver) { d.config.Memory[70] ^= 1 })
	assert.Contains(t, f.Message, "content: at rest, block 64 gen 0, which is b, does not hold the bytes of b: byte 0 is 0x")
	f = tampered(t, heldProgram, 2, func(d *driver) { copy(d.config.Memory, d.config.Memory[64:72]) })
	assert.Contains(t, f.Message, "block 0 gen 0, which is a, does not hold the bytes of a: byte 0 is byte 0 of b")
	f = tampered(t, heldProgram, 1, func(d *driver) {
		d.s.Invoke("tamper", nil)
		d.vars[0].guard.Release()
		d.config.Memory[5] ^= 1
	})
	assert.Contains(t, f.Message, "content: when the callback is entered, block 0 gen 0, which is a, does not hold")
}

// The buffer must return the memory of the block, all of it.
func TestPlacesAreChecked(t *testing.T) {
	f := tampered(t, heldProgram, 1, func(d *driver) { d.same(d.config.Memory[64:128], &d.vars[0], "Bytes") })
	assert.Contains(t, f.Message, "content: Bytes of a, block 0.0, returns 64 bytes from another place")
	f = tampered(t, heldProgram, 1, func(d *driver) { d.same(d.config.Memory[:128], &d.vars[0], "Bytes") })
	assert.Contains(t, f.Message, "returns 128 bytes")
}

// An error that is not documented is noticed.
func TestAnswersAreChecked(t *testing.T) {
	f := tampered(t, heldProgram, 1, func(d *driver) { d.actors[1].outcome(errors.New("something new")) })
	assert.Contains(t, f.Message, "unexpected answer: ")
	assert.Contains(t, f.Message, "something new")
}

// The driver can run what no scenario has.
func TestOddPrograms(t *testing.T) {
	for _, text := range []string{
		// Both tasks want to end main's guard; the one that comes second leaves it.
		"program two-releases\nring 512 bytes, classes 64\nsetup alloc a 64\nt1 release a\nt2 handover a; free a",
		// Both want to end main's handle.
		"program two-frees\nring 512 bytes, classes 64\nsetup alloc a 64; handover a\nt1 free a\nt2 cancel a",
		// Everything fails: nothing is left of the operations on a.
		"program no-block\nring 128 bytes, classes 64 128\nsetup alloc b 128\nt1 alloc a 64; release a; tombstone a; bytes a; coa a\nt2 release b",
		// A panic ends several evictions, one of which was done.
		"program panic-later\nring 512 bytes, classes 64, patience 2\nsetup alloc a 64; handover a; free a; alloc b 64; release b\nt1 evictn 3 panic\nt2 evict",
		// A callback appends behind the end of the evictions.
		"program append-in-setup\nring 512 bytes, classes 64\nsetup alloc a 64; release a; evictn 5 { alloc b 64 }\nt1 release b\nt2 evict",
		// Evictions within evictions, of several blocks each.
		"program nested\nring 512 bytes, classes 64, patience 2\nsetup alloc a 64; release a; alloc b 64; release b; alloc c 64; handover c; free c\nt1 evictn 2 { drain }\nt2 evict { evictn 2 }",
		// An allocation evicts a dead block, a filler, and loses patience.
		"program alloc-evicts-dead\nring 256 bytes, classes 64 128, patience 2\nsetup alloc a 64; handover a; free a; alloc b 128; release b\nt1 allocevict c 128\nt2 allocevict d 128\nafter drain",
		// A drain after everything evicts what is dead.
		"program late-drain\nring 512 bytes, classes 64\nsetup alloc a 64; handover a; alloc b 64; release b\nt1 free a\nt2 bytes b\nafter drain; close; close",
	} {
		p := scenario.MustParse(text)
		t.Run(p.Name, func(t *testing.T) {
			r, err := Explore(t.Context(), p, schedules.Config{Strategy: schedules.DFS(2), Schedules: 5_000})
			require.NoError(t, err)
			if r.Failure != nil {
				t.Fatal(r.Failure.Describe())
			}
		})
	}
}

// A history that lacks an operation is illegal.
func TestHistoryIsJudged(t *testing.T) {
	f := tampered(t, heldProgram, 1, func(d *driver) {
		d.s.Invoke("tamper", nil)
		d.vars[0].guard.Release()
		d.vars[0].state = loose
	})
	assert.Contains(t, f.Message, "not linearizable: ")
	assert.Contains(t, f.Message, "t2's evict claims a fits nowhere")
}

// Evictions must return the number of bytes by which evicting has advanced.
func TestBytesAreAccountedFor(t *testing.T) {
	f := tampered(t, heldProgram, 1, func(d *driver) {
		d.actors[1].do(d.code.Tasks[0])
		d.bytes++
	})
	assert.Contains(t, f.Message, "invariant: evictions have returned 65 bytes")
}

// A block that stays in use is found at rest.
func TestRestIsChecked(t *testing.T) {
	f := tampered(t, heldProgram, 1, func(d *driver) { d.vars[0].state = loose; d.actors[2].steps = nil })
	assert.Contains(t, f.Message, "invariant: block 0.0 is NotReady, and nobody holds it")
}

// The scheduler notices broken ownership.
func TestOwnershipIsChecked(t *testing.T) {
	p := scenario.MustParse(heldProgram)
	x, err := newExploration(&p)
	require.NoError(t, err)
	x.driver.actors[2].run = func() {
		g := x.driver.vars[0].guard
		g.Release()
		g.Release()
	}
	r := schedules.Explore(context.Background(), x.driver.run, schedules.Config{Strategy: schedules.DFS(0), Schedules: 10})
	require.NotNil(t, r.Failure)
	assert.Equal(t, schedules.Panic, r.Failure.Class)
	assert.Contains(t, r.Failure.Message, "Guard.Release of block 0: want state NotReady, found Ready")
}

// A passing execution allocates next to nothing besides the buffer.
func TestExecutionsReuseTheirMemory(t *testing.T) {
	p := scenario.MustParse(heldProgram)
	x, err := newExploration(&p)
	require.NoError(t, err)
	const runs = 500
	explore := func(body func(*schedules.S)) float64 {
		return testing.AllocsPerRun(3, func() {
			schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.Random(1), Schedules: runs})
		}) / runs
	}
	all := explore(x.driver.run)
	bare := explore(func(s *schedules.S) {
		b, err := buffer.New(x.driver.config)
		if err != nil {
			s.Fatal(err)
		}
		for range 3 {
			_ = b.Tools().Inspect()
		}
	})
	assert.Less(t, all, bare+25, "of New and three Inspects: %v", bare)
}

// What the setup has evicted unseen is known even if a task closes the ring, after which it
// could not be found out.
func TestUnseenEvictionsBeforeClose(t *testing.T) {
	p := scenario.MustParse("program drained-then-closed\nring 64 bytes, classes 64, patience 1\n" +
		"setup alloc a 64; handover a; free a; drain\nt1 close\nt2 alloc b 64")
	r, err := Explore(t.Context(), p, schedules.Config{Strategy: schedules.DFS(-1)})
	require.NoError(t, err)
	if r.Failure != nil {
		t.Fatal(r.Failure.Describe())
	}
	assert.True(t, r.Exhausted)
}
