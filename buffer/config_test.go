package buffer_test

import (
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestConfigEveryRuleNamesItsField(t *testing.T) {
	good := buffer.Config{Capacity: 1024, Classes: []int{64, 128}}
	odd := make([]byte, 4096)
	if uintptr(unsafe.Pointer(unsafe.SliceData(odd)))%8 == 0 {
		odd = odd[1:]
	}
	records := buffer.Records{MinRecord: 64, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32}
	for _, c := range []struct {
		name   string
		change func(*buffer.Config)
		field  string
		rule   string
	}{
		{"no capacity", func(c *buffer.Config) { c.Capacity = 0 }, "Capacity", "positive multiple of 64"},
		{"negative capacity", func(c *buffer.Config) { c.Capacity = -64 }, "Capacity", "positive multiple of 64"},
		{"odd capacity", func(c *buffer.Config) { c.Capacity = 1000 }, "Capacity", "positive multiple of 64"},
		{"smaller than a block", func(c *buffer.Config) { c.Capacity = 64 }, "Capacity", "at least the largest class (128)"},
		{"no classes", func(c *buffer.Config) { c.Classes = nil }, "Classes", "give one"},
		{"both kinds of classes", func(c *buffer.Config) { c.Records = records }, "Classes", "give one"},
		{"class zero", func(c *buffer.Config) { c.Classes = []int{0} }, "Classes", "positive multiple of 64"},
		{"odd class", func(c *buffer.Config) { c.Classes = []int{64, 100} }, "Classes", "has 100 at index 1"},
		{"classes in disorder", func(c *buffer.Config) { c.Classes = []int{64, 192, 128} }, "Classes", "has 128 after 192 at index 2"},
		{"equal classes", func(c *buffer.Config) { c.Classes = []int{64, 64} }, "Classes", "must ascend"},
		{"descending classes", func(c *buffer.Config) { c.Classes = []int{128, 64} }, "Classes", "must ascend"},
		{"64 classes", func(c *buffer.Config) { c.Classes = make([]int, 64) }, "Classes", "at most 63"},
		{"negative region", func(c *buffer.Config) { c.CopyOnAccessBytes = -1 }, "CopyOnAccessBytes", "at least 0"},
		{"region everywhere", func(c *buffer.Config) { c.CopyOnAccessBytes = 1024 }, "CopyOnAccessBytes", "less than Capacity"},
		{"region that leaves no room to reuse", func(c *buffer.Config) { c.CopyOnAccessBytes = 896 }, "CopyOnAccessBytes", "less than Capacity minus the largest class (896)"},
		{"region in a ring of one block", func(c *buffer.Config) { c.Capacity, c.CopyOnAccessBytes = 128, 1 }, "CopyOnAccessBytes", "largest class (0)"},
		{"negative patience", func(c *buffer.Config) { c.EvictPatience = -1 }, "EvictPatience", "not be negative"},
		{"short memory", func(c *buffer.Config) { c.Memory = make([]byte, 1000) }, "Memory", "has 1000 bytes"},
		{"unaligned memory", func(c *buffer.Config) { c.Memory = odd }, "Memory", "multiple of 8"},
		{"bad records", func(c *buffer.Config) { c.Classes, c.Records = nil, buffer.Records{MinRecord: 1} }, "Records.MinRecord", "at least 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := good
			c.change(&config)
			b, err := buffer.New(config)
			require.Nil(t, b)
			require.ErrorIs(t, err, buffer.ErrConfig)
			var e *buffer.ConfigError
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.field, e.Field)
			require.Contains(t, e.Rule, c.rule)
			require.Contains(t, err.Error(), "Config."+c.field)
		})
	}
	b, err := buffer.New(good)
	require.NoError(t, err)
	require.Equal(t, 1024, b.Capacity())
	require.NoError(t, b.Close())
}

func TestCapacityAboveSlotsIsRefused(t *testing.T) {
	if unsafe.Sizeof(0) < 8 {
		t.Skip("an int cannot hold such a capacity here")
	}
	huge := math.MaxInt &^ 63
	_, err := buffer.New(buffer.Config{Capacity: huge, Classes: []int{64}})
	require.ErrorContains(t, err, "below 256 GiB")
}

func TestManyClasses(t *testing.T) {
	var classes []int
	for i := range 63 {
		classes = append(classes, 64*(i+1))
	}
	b, err := buffer.New(buffer.Config{Capacity: 4096, Classes: classes})
	require.NoError(t, err)
	require.Equal(t, classes, b.Tools().Inspect().Classes)
}

func TestConfigIsCopied(t *testing.T) {
	classes := []int{64, 128}
	b, err := buffer.New(buffer.Config{Capacity: 1024, Classes: classes})
	require.NoError(t, err)
	classes[0] = 7
	g, err := b.Alloc(1)
	require.NoError(t, err)
	require.Equal(t, 64, cap(g.Bytes()))
}
