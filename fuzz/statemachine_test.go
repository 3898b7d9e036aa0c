package fuzz

import (
	"flag"
	"testing"

	"annulus/buffer"

	"pgregory.net/rapid"
)

// More and longer runs than rapid's defaults, the same in every run of the tests: make
// fuzz draws anew. And no files with failing runs: failures print a command of their
// own. Flags still override this.
func init() {
	for name, value := range map[string]string{"rapid.checks": "1000", "rapid.steps": "50", "rapid.seed": "1", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}

// TestStateMachine lets rapid choose the operations, one by one.
func TestStateMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Program{Config: configs().Draw(t, "ring")}
		m, err := NewMachine(p.Config)
		if err != nil {
			t.Fatal(err)
		}
		verify := func() {
			if m.err != nil {
				t.Fatal(Explain(p))
			}
		}
		actions := map[string]func(*rapid.T){}
		for kind := range kinds {
			actions[kind.String()] = func(t *rapid.T) {
				if !m.applies(kind) || kind == Close && rapid.IntRange(0, 9).Draw(t, "close in earnest") != 9 {
					t.SkipNow()
				}
				op := operation(t, kind, 1)
				p.Ops = append(p.Ops, op)
				m.Do(op)
				verify()
			}
		}
		t.Repeat(actions)
		m.Finish()
		verify()
	})
}

// applies reports whether an operation of the kind has something to work on.
func (m *Machine) applies(k Kind) bool {
	switch k {
	case Release, HandOver:
		return len(m.guards) > 0
	case Free, Cancel, WorkerFree:
		return len(m.handles) > 0
	case TryTombstone, Bytes, CopyOnAccess:
		return len(m.allocations) > 0
	}
	return true
}

// configs draws every ring that a Program can have.
func configs() *rapid.Generator[Config] {
	return rapid.Custom(func(t *rapid.T) Config {
		var c Config
		sizes := rapid.SliceOfNDistinct(rapid.IntRange(1, maxClassGranules), 1, 4, rapid.ID[int]).Draw(t, "classes")
		for g := 1; g <= maxClassGranules; g++ {
			for _, size := range sizes {
				if size == g {
					c.Classes = append(c.Classes, g*buffer.Granule)
				}
			}
		}
		spare := rapid.IntRange(0, maxSpareGranules).Draw(t, "spare granules")
		c.Capacity = c.largest() + spare*buffer.Granule
		c.CopyOnAccessBytes = rapid.IntRange(0, max(spare, 1)-1).Draw(t, "copy-on-access granules") * buffer.Granule
		c.EvictPatience = rapid.IntRange(1, maxPatience).Draw(t, "patience")
		c.DiscardLive = rapid.Bool().Draw(t, "discard live")
		c.EvictBatch = rapid.SampledFrom(runs[:]).Draw(t, "batch")
		c.WorkerBytes = c.part(rapid.ByteRange(0, 3).Draw(t, "bytes of Workers"))
		c.ProvideMemory = rapid.Bool().Draw(t, "provide memory")
		return c
	})
}

// operation draws the operands of an operation at some depth of nesting.
func operation(t *rapid.T, k Kind, depth int) Op {
	op := Op{Kind: k}
	if k.hasArg() {
		op.Arg = rapid.Byte().Draw(t, "arg")
	}
	if !k.evicts() {
		return op
	}
	op.Context = Context(rapid.IntRange(0, int(contexts)-1).Draw(t, "context"))
	count := 1
	if k != EvictOne {
		count = rapid.IntRange(0, maxCallbacks).Draw(t, "callbacks")
	}
	for range count {
		op.Callbacks = append(op.Callbacks, callback(t, depth))
	}
	return op
}

func callback(t *rapid.T, depth int) Callback {
	c := Callback{End: End(rapid.IntRange(0, int(ends)-1).Draw(t, "end"))}
	if depth < maxDepth {
		for range rapid.IntRange(0, maxInside).Draw(t, "inside") {
			c.Inside = append(c.Inside, operation(t, anyKind(t), depth+1))
		}
	}
	return c
}

func anyKind(t *rapid.T) Kind { return Kind(rapid.IntRange(0, int(kinds)-1).Draw(t, "kind")) }
