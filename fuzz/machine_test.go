package fuzz

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"annulus/buffer"
	"annulus/model"

	"github.com/stretchr/testify/require"
)

// recorded returns a machine that keeps a log.
func recorded(t *testing.T, c Config) *Machine {
	t.Helper()
	m, err := NewMachine(c)
	require.NoError(t, err)
	m.log = &strings.Builder{}
	return m
}

// A machine whose model plays by other rules than the buffer notices it.
func TestNoticesOtherRules(t *testing.T) {
	for name, c := range map[string]struct {
		p      Program
		change func(*model.Config)
		says   string
	}{
		"a larger ring":          {seeds()["full-and-evict"], func(c *model.Config) { c.Capacity += 64 }, "full"},
		"another class":          {seeds()["sizes-of-every-kind"], func(c *model.Config) { c.Classes[0] = 192 }, "class"},
		"no copy-on-access":      {seeds()["copy-on-access-boundary"], func(c *model.Config) { c.CopyOnAccessBytes = 0 }, ""},
		"a granule of it more":   {seeds()["copy-on-access-boundary"], func(c *model.Config) { c.CopyOnAccessBytes += 64 }, ""},
		"one generation":         {seeds()["life-of-a-block"], func(c *model.Config) { c.LastGeneration = 1 }, ""},
		"no discarding at Close": {seeds()["discard-live"], func(c *model.Config) { c.DiscardLive = false }, "lose"},
		"an end of addresses":    {seeds()["two-laps"], func(c *model.Config) { c.LastTail = 256 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := recorded(t, c.p.Config)
			c.change(&m.rules)
			ops := c.p.Ops
			if name == "one generation" {
				ops = slices.Concat(ops, []Op{release(0), tombstone(0), free(0), alloc(0)})
			}
			err := m.run(ops)
			require.Error(t, err)
			require.Contains(t, err.Error(), c.says)
			require.Contains(t, m.log.String(), "✗", "the log ends with what went wrong")
			require.Equal(t, err, m.Do(alloc(0)), "a machine does not go on")
		})
	}
}

// Bytes that change behind the owner's back are noticed at the next operation,
// wherever they lie.
func TestNoticesContents(t *testing.T) {
	write := map[string]func(*Machine){
		"first byte": func(m *Machine) { b, _ := m.buf.Bytes(m.allocations[0].ref); b[0]++ },
		"last byte":  func(m *Machine) { b, _ := m.buf.Bytes(m.allocations[0].ref); b[len(b)-1]++ },
		"before":     func(m *Machine) { m.memory[margin-1]++ },
		"behind":     func(m *Machine) { m.memory[margin+m.config.Capacity]++ },
	}
	for name, write := range write {
		m := recorded(t, mixed)
		require.NoError(t, m.Do(alloc(2)), name)
		write(m)
		require.ErrorContains(t, m.Do(do(Walk, 0)), "content", name)
	}
}

// Each part of the comparison notices a ring that is seen wrongly.
func TestNoticesWrongViews(t *testing.T) {
	m := recorded(t, four)
	ops := program(four, published(0), published(0), published(0), published(0), evict(Fail), tombstone(1), free(0), tombstone(0), free(0)).Ops
	for _, op := range ops {
		require.NoError(t, m.Do(op))
	}
	good := m.buf.Tools().Inspect()
	require.Len(t, good.FreeLists[0], 2)
	parts := map[string]func(buffer.View) error{
		"reservations": m.reservations, "lists": m.lists, "metrics": m.metrics, "blocks": m.blocks,
		"observation": func(v buffer.View) error {
			_, err := model.Step(&m.rules, m.state, model.Op{Kind: model.OpObserve, Seen: observation(v)})
			return err
		},
	}
	for name, part := range parts {
		require.NoError(t, part(good), name)
	}
	for name, change := range map[string]func(v *buffer.View) string{
		"given back, lost": func(v *buffer.View) string { v.Returned = nil; return "reservations" },
		"one under way":    func(v *buffer.View) string { v.Outstanding++; return "reservations" },
		"listed twice": func(v *buffer.View) string {
			v.FreeLists[0] = append(v.FreeLists[0], v.FreeLists[0][0])
			return "lists"
		},
		"not listed":           func(v *buffer.View) string { v.FreeLists[0] = v.FreeLists[0][:1]; return "lists" },
		"listed while in use":  func(v *buffer.View) string { v.FreeLists[0] = append(v.FreeLists[0], 0); return "lists" },
		"a state in metrics":   func(v *buffer.View) string { v.Blocks[0].State = buffer.Tombstone; return "metrics" },
		"a size in metrics":    func(v *buffer.View) string { v.Blocks[3].Size = 128; return "metrics" },
		"a filler in metrics":  func(v *buffer.View) string { v.Blocks[3].Filler = true; return "metrics" },
		"head":                 func(v *buffer.View) string { v.Head = 64; return "observation" },
		"evicting":             func(v *buffer.View) string { v.Evicting = 128; return "observation" },
		"tail":                 func(v *buffer.View) string { v.Tail += 64; return "observation" },
		"a block too many":     func(v *buffer.View) string { v.Blocks = append(v.Blocks, v.Blocks[0]); return "observation" },
		"a block too few":      func(v *buffer.View) string { v.Blocks = v.Blocks[:3]; return "blocks" },
		"a generation":         func(v *buffer.View) string { v.Blocks[1].Generation++; return "observation" },
		"a state":              func(v *buffer.View) string { v.Blocks[1].State = buffer.NotReady; return "observation" },
		"a generation, walked": func(v *buffer.View) string { v.Blocks[1].Generation++; return "blocks" },
	} {
		v := m.buf.Tools().Inspect()
		part := change(&v)
		require.Error(t, parts[part](v), "%s: %s", part, name)
	}
}

// figures compares every field of Metrics that is a number.
func TestFiguresAreComplete(t *testing.T) {
	var m buffer.Metrics
	numbers := 0
	for i := range reflect.TypeFor[buffer.Metrics]().NumField() {
		field := reflect.ValueOf(&m).Elem().Field(i)
		before := figures(m)
		switch {
		case field.CanInt():
			field.SetInt(int64(i) + 1)
		case field.CanUint():
			field.SetUint(uint64(i) + 1)
		default:
			continue
		}
		numbers++
		require.NotEqual(t, before, figures(m), reflect.TypeFor[buffer.Metrics]().Field(i).Name)
	}
	require.Equal(t, numbers, reflect.TypeFor[buffer.Metrics]().NumField()-1, "all but SizeCounts are numbers")
}

// judge refuses every way for an eviction to end but the one that is due.
func TestJudgesEndings(t *testing.T) {
	m := recorded(t, mixed)
	ready := &model.Block{Addr: 64, Size: 64, State: model.Tombstoning}
	given := &buffer.InterruptedError{Address: 64, State: buffer.Tombstoning, Cause: errCallback}
	other := *given
	other.Address = 0
	patience := &buffer.InterruptedError{Address: 64, State: buffer.Tombstoning, Cause: buffer.ErrPatience}
	over := &countedContext{ends: AtOnce}
	failed := ending{end: Fail, err: errCallback, block: ready}
	for name, c := range map[string]struct {
		kind  Kind
		want  ending
		ctx   *countedContext
		due   *model.Block
		good  *result
		wrong []result
	}{
		"success":         {kind: EvictOne, good: &result{bytes: 64}, wrong: []result{{bytes: 128}, {err: buffer.ErrEmpty}, {panicked: "x"}, {exited: true}}},
		"a callback lost": {kind: EvictOne, due: ready, wrong: []result{{bytes: 64}}},
		"empty":           {kind: EvictOne, want: ending{err: buffer.ErrEmpty}, good: &result{err: buffer.ErrEmpty}, wrong: []result{{}, {err: buffer.ErrInFlight}}},
		"callback fails":  {kind: EvictOne, want: failed, good: &result{err: given}, wrong: []result{{err: &other}, {err: errCallback}, {err: patience}, {bytes: 64}}},
		"callback panics": {kind: EvictN, want: ending{end: Panic, block: ready}, good: &result{panicked: errCallback}, wrong: []result{{}, {panicked: "x"}, {err: given}}},
		"callback exits":  {kind: EvictN, want: ending{end: Exit, block: ready}, good: &result{exited: true}, wrong: []result{{}, {err: given}}},
		"patience": {kind: EvictOne, want: ending{waits: true, block: ready}, good: &result{err: patience},
			wrong: []result{{}, {err: buffer.ErrPatience}, {err: context.Canceled}, {panicked: "x"}}},
		"context": {kind: Drain, want: ending{waits: true}, ctx: over, good: &result{err: context.Canceled}, wrong: []result{{}, {err: buffer.ErrPatience}, {panicked: errContextPanic}}},
		"context panics": {kind: Drain, want: ending{waits: true}, ctx: &countedContext{ends: PanicAtOnce}, good: &result{panicked: errContextPanic},
			wrong: []result{{}, {err: buffer.ErrPatience}, {panicked: "x"}}},
		"bytes with an error": {kind: EvictN, want: failed, good: &result{bytes: 64, err: given}, wrong: []result{{bytes: 0, err: given}}},
		"an unasked return":   {kind: Drain, want: ending{err: errCallback}, good: &result{err: errCallback}, wrong: []result{{err: given}}},
	} {
		ctx := c.ctx
		if ctx == nil {
			ctx = &countedContext{}
		}
		e := &eviction{Machine: m, op: Op{Kind: c.kind, Context: ctx.ends}, ctx: ctx, bytes: 64, due: c.due, want: c.want}
		if c.good != nil {
			require.NoError(t, e.judge(*c.good), name)
		}
		for i, r := range c.wrong {
			require.Error(t, e.judge(r), "%s: %d", name, i)
		}
	}
}

// complaint accepts only a panic that tells what is wrong.
func TestJudgesComplaints(t *testing.T) {
	m := recorded(t, four)
	for _, op := range published(0) {
		require.NoError(t, m.Do(op))
	}
	a := m.allocations[0]
	good := buffer.OwnershipError{Op: "Guard.Release", Address: 0, Want: buffer.NotReady, Got: buffer.Ready}
	require.NoError(t, m.complaint(&good, "Guard.Release", a, buffer.NotReady))
	for i, change := range []func(*buffer.OwnershipError){
		func(e *buffer.OwnershipError) { e.Op = "Guard.Bytes" },
		func(e *buffer.OwnershipError) { e.Address = 64 },
		func(e *buffer.OwnershipError) { e.Want = buffer.Ready },
		func(e *buffer.OwnershipError) { e.Got = buffer.Tombstone },
		func(e *buffer.OwnershipError) { e.Later = true },
	} {
		bad := good
		change(&bad)
		require.Error(t, m.complaint(&bad, "Guard.Release", a, buffer.NotReady), i)
	}
	require.Error(t, m.complaint(nil, "Guard.Release", a, buffer.NotReady))
	require.Error(t, m.complaint("Guard.Release", "Guard.Release", a, buffer.NotReady))
	require.Error(t, m.complaint(&good, "Guard.Release", nil, buffer.NotReady))
	require.NoError(t, m.complaint("Guard.Release of a zero value", "Guard.Release", nil, buffer.NotReady))
	require.Error(t, m.misused(a, buffer.NotReady, []misuse{{"Guard.Release", func() {}}}, func() buffer.Ref { return a.ref }))
	require.Error(t, m.misused(a, buffer.NotReady, nil, func() buffer.Ref { return 0 }))
}

// An error that the buffer does not document is no outcome.
func TestOutcomes(t *testing.T) {
	for _, o := range outcomes {
		got, err := outcome(errorOf(o.outcome))
		require.NoError(t, err)
		require.Equal(t, o.outcome, got)
	}
	_, err := outcome(errors.New("something else"))
	require.Error(t, err)
}

// A panic of the buffer is a disagreement, not the end of the test.
func TestCatchesPanics(t *testing.T) {
	m := recorded(t, four)
	require.NoError(t, m.Do(alloc(0)))
	m.guards[0].Release()
	require.ErrorContains(t, m.Do(release(0)), "panicked")
}

// A block is reused until its generations are used up, then retired.
func TestGenerationsRunOut(t *testing.T) {
	if testing.Short() {
		t.Skip("65,535 reuses")
	}
	m := recorded(t, Config{Capacity: 128, Classes: []int{64}, EvictPatience: 1})
	m.log = nil
	for range model.LastGeneration + 2 {
		m.allocations, m.issued = nil, map[buffer.Ref]*allocation{} // spares memory and time
		for _, op := range []Op{alloc(0), handOver(0), free(0)} {
			require.NoError(t, m.Do(op))
		}
	}
	require.Equal(t, model.Addr(128), m.state.Tail, "the last allocation was not a reuse")
	require.NoError(t, m.Finish())
}

// A failing program is cut down to what the failure needs.
func TestShrink(t *testing.T) {
	fails := func(p Program) string {
		m, err := NewMachine(p.Config)
		require.NoError(t, err)
		m.rules.LastGeneration = 1
		if err := m.run(p.Ops); err != nil {
			class, _, _ := strings.Cut(err.Error(), ":")
			return class
		}
		return ""
	}
	reuse := []Op{tombstone(0), free(0), alloc(0), release(0)}
	noise := []Op{evict(Fail, published(0)...), many(Drain, 0, Callback{}, Callback{End: Panic}), evictIn(AtThird), do(LateGuard, 3)}
	p := program(mixed, noise, published(0), noise[3], published(1), reuse, do(Walk, 2), reuse, reuse, noise)
	require.NotEmpty(t, fails(p))
	small := shrink(p, fails)
	require.Equal(t, fails(p), fails(small))
	require.Less(t, len(small.Ops), 12, "%v", small.Ops)
	for i := range small.Ops {
		require.NotEqual(t, fails(small), fails(Program{small.Config, slices.Delete(slices.Clone(small.Ops), i, i+1)}), "operation %d is not needed", i)
	}
	require.Equal(t, p, Shrink(p), "a program that passes stays as it is")
}

// failureClass tells one disagreement from another.
func TestFailureClass(t *testing.T) {
	require.Empty(t, failureClass(program(four)))
	require.NotEmpty(t, failureClass(Program{}))
}

// The text of a failure: command, violation, ring, program.
func TestFailureText(t *testing.T) {
	m := recorded(t, four)
	m.rules.Capacity += 64
	p := seeds()["full-and-evict"]
	err := m.run(p.Ops)
	f := &Failure{Program: p, Err: err, Log: m.log.String()}
	text := f.Error()
	last := -1
	for _, part := range []string{
		fmt.Sprintf("reproduce: ANNULUS_PROGRAM=%x go test -run '^TestReproduce$' ./fuzz", p.Encode()),
		"violated: ", "ring: capacity 256", "   1  alloc 64 → block 0.0 (64 bytes)", "✗",
	} {
		at := strings.Index(text, part)
		require.Greater(t, at, last, "%q in\n%s", part, text)
		last = at
	}
	require.ErrorIs(t, f, err)
	require.ErrorContains(t, Explain(p), "not again", "the buffer is right and the failure was planted")
	require.Error(t, Explain(Program{}))
	require.Error(t, Run(Program{}))
}
