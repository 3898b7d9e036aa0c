package fuzz

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Decode: every input is a program, of bounded size, on a valid ring.
func TestDecodeAlwaysYieldsAProgram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Decode(rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "data"))
		require.NoError(t, p.Config.Validate())
		require.LessOrEqual(t, count(p.Ops), maxOps)
		require.Equal(t, p, Decode(p.Encode()))
	})
}

func count(ops []Op) (n int) {
	for _, op := range ops {
		n++
		for _, c := range op.Callbacks {
			n += count(c.Inside)
		}
	}
	return n
}

// Encode: the inverse of Decode.
func TestDecodeReversesEncode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Program{Config: configs().Draw(t, "ring")}
		for range rapid.IntRange(0, 8).Draw(t, "operations") {
			p.Ops = append(p.Ops, operation(t, anyKind(t), 1))
		}
		require.Equal(t, p, Decode(p.Encode()))
	})
}

// Encode: panics if the program exceeds what Decode can return.
func TestEncodeRefusesWhatDecodeCannotReturn(t *testing.T) {
	ring := Config{Capacity: 64, Classes: []int{64}, EvictPatience: 1}
	nest := func(depth int) Op {
		op := Op{Kind: EvictOne, Callbacks: []Callback{{}}}
		for range depth {
			op = Op{Kind: EvictOne, Callbacks: []Callback{{Inside: []Op{op}}}}
		}
		return op
	}
	require.NotPanics(t, func() { Program{ring, []Op{nest(2)}}.Encode() })
	for name, ops := range map[string][]Op{
		"too many operations":    make([]Op, maxOps+1),
		"nested too deep":        {nest(3)},
		"argument without use":   {{Kind: Close, Arg: 1}},
		"context without use":    {{Kind: Alloc, Context: AtOnce}},
		"callback without use":   {{Kind: Free, Callbacks: []Callback{{}}}},
		"too many callbacks":     {{Kind: Drain, Callbacks: make([]Callback, 4)}},
		"too many inside":        {{Kind: Drain, Callbacks: []Callback{{Inside: make([]Op, 4)}}}},
		"EvictOne has just one":  {{Kind: EvictOne}},
		"a kind that is not one": {{Kind: kinds}},
	} {
		require.Panics(t, func() { Program{ring, ops}.Encode() }, name)
	}
}

// Config.Validate: every field has a range.
func TestConfigValidate(t *testing.T) {
	good := Config{Capacity: 320, Classes: []int{64, 128}, CopyOnAccessBytes: 128, EvictPatience: 4}
	require.NoError(t, good.Validate())
	for _, bad := range []func(*Config){
		func(c *Config) { c.Classes = nil },
		func(c *Config) { c.Classes = []int{0, 128} },
		func(c *Config) { c.Classes = []int{100, 128} },
		func(c *Config) { c.Classes = []int{128, 64} },
		func(c *Config) { c.Classes = []int{64, 9 * 64} },
		func(c *Config) { c.Capacity = 64 },
		func(c *Config) { c.Capacity = 300 },
		func(c *Config) { c.Capacity = 128 + 32*64 },
		func(c *Config) { c.CopyOnAccessBytes = -64 },
		func(c *Config) { c.CopyOnAccessBytes = 100 },
		func(c *Config) { c.CopyOnAccessBytes = 192 },
		func(c *Config) { c.EvictPatience = 0 },
		func(c *Config) { c.EvictPatience = 5 },
	} {
		c := good
		bad(&c)
		require.Error(t, c.Validate(), "%+v", c)
		_, err := NewMachine(c)
		require.Error(t, err, "%+v", c)
	}
}

// The names that programs are printed with are complete and distinct.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for k := range kinds + 1 {
		seen[k.String()] = true
	}
	for e := range ends + 1 {
		seen[e.String()] = true
	}
	for c := range contexts + 1 {
		seen[c.String()] = true
	}
	require.Len(t, seen, int(kinds)+1+int(ends)+1+int(contexts)+1)
}

// BenchmarkRun runs random programs of about fifty operations.
func BenchmarkRun(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	data := make([]byte, 150)
	ops := 0
	for b.Loop() {
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		p := Decode(data)
		ops += count(p.Ops)
		if err := Run(p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(ops)/b.Elapsed().Seconds(), "ops/s")
}
