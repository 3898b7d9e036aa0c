package buffer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestRecordsDeriveTheClassesOfTheOriginal(t *testing.T) {
	for _, c := range []struct {
		records buffer.Records
		want    []int
	}{
		{buffer.Records{MinRecord: 64, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32}, []int{128, 192, 320, 640, 1216, 2048, 4096}},
		{buffer.Records{MinRecord: 88, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32}, []int{128, 256, 448, 832, 1600, 2048, 4096}},
		{buffer.Records{MinRecord: 3072, MaxRecord: 3072, LeafPage: 8192, MaxFence: 32}, []int{3136, 5056, 8192}},
		{buffer.Records{MinRecord: 64, MaxRecord: 256, LeafPage: 1024, MaxFence: 32, CacheOnly: true}, []int{128, 192, 320, 640, 704, 1024}},
		// No room for fences is needed without leaf pages.
		{buffer.Records{MinRecord: 64, MaxRecord: 256, LeafPage: 1024, MaxFence: 128, CacheOnly: true}, []int{128, 192, 320, 640, 704, 1024}},
		// The largest fences that two rules allow.
		{buffer.Records{MinRecord: 64, MaxRecord: 64, LeafPage: 4096, MaxFence: 127}, []int{128, 192, 320, 640, 1216, 2368, 3840, 4096}},
		{buffer.Records{MinRecord: 8000, MaxRecord: 8000, LeafPage: 32768, MaxFence: 4041}, []int{8064, 16064, 20672, 32768}},
		// Not even the smallest record fits into the largest mini-page.
		{buffer.Records{MinRecord: 66, MaxRecord: 66, LeafPage: 192, MaxFence: 32, CacheOnly: true}, []int{64, 192}},
		// Where rounding to granules begins and ends.
		{buffer.Records{MinRecord: 24, MaxRecord: 64, LeafPage: 1024, MaxFence: 1, CacheOnly: true}, []int{64, 128, 192, 320, 576, 896, 1024}},
		{buffer.Records{MinRecord: 25, MaxRecord: 64, LeafPage: 1024, MaxFence: 1, CacheOnly: true}, []int{128, 192, 320, 576, 896, 1024}},
		{buffer.Records{MinRecord: 64, MaxRecord: 64, LeafPage: 4096, MaxFence: 40}, []int{128, 192, 320, 640, 1216, 2368, 3968, 4096}},
		{buffer.Records{MinRecord: 64, MaxRecord: 64, LeafPage: 4096, MaxFence: 41}, []int{128, 192, 320, 640, 1216, 2368, 3904, 4096}},
		// As many records a page as there may be, and pages that just hold what they must.
		{buffer.Records{MinRecord: 2, MaxRecord: 2000, LeafPage: 8192, MaxFence: 32}, []int{64, 128, 192, 384, 704, 1344, 2624, 5184, 6080, 8192}},
		{buffer.Records{MinRecord: 72, MaxRecord: 72, LeafPage: 192, MaxFence: 32, CacheOnly: true}, []int{64, 192}},
		{buffer.Records{MinRecord: 1048, MaxRecord: 1048, LeafPage: 4096, MaxFence: 1900}, []int{1088, 4096}},
	} {
		got, err := c.records.Classes()
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%+v", c.records)
	}
}

func TestRecordsEveryRuleNamesItsField(t *testing.T) {
	good := buffer.Records{MinRecord: 64, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32}
	for _, c := range []struct {
		name   string
		change func(*buffer.Records)
		field  string
	}{
		{"tiny record", func(r *buffer.Records) { r.MinRecord = 1 }, "MinRecord"},
		{"max below min", func(r *buffer.Records) { r.MaxRecord = 63 }, "MaxRecord"},
		{"no fence", func(r *buffer.Records) { r.MaxFence = 0 }, "MaxFence"},
		{"fence above record", func(r *buffer.Records) { r.MaxFence = 3904 }, "MaxFence"},
		{"fence above 2020", func(r *buffer.Records) { r.MaxRecord, r.MaxFence, r.LeafPage = 8000, 4042, 32768 }, "MaxFence"},
		{"page not of 4096", func(r *buffer.Records) { r.LeafPage = 4096 + 64 }, "LeafPage"},
		{"page too large", func(r *buffer.Records) { r.LeafPage = 65536 }, "LeafPage"},
		{"page zero", func(r *buffer.Records) { r.LeafPage = 0 }, "LeafPage"},
		{"too many records a page", func(r *buffer.Records) { r.MinRecord, r.LeafPage = 2, 12288 }, "LeafPage"},
		{"mini-page below a record", func(r *buffer.Records) { r.MaxRecord = 2020 }, "LeafPage"},
		{"cache-only page below two records by a little", func(r *buffer.Records) { *r = buffer.Records{80, 80, 192, 32, true} }, "LeafPage"},
		{"cache-only page not of 64", func(r *buffer.Records) { r.CacheOnly, r.LeafPage = true, 4100 }, "LeafPage"},
		{"cache-only page below two records", func(r *buffer.Records) { r.CacheOnly, r.LeafPage = true, 3904 }, "LeafPage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := good
			c.change(&r)
			_, err := r.Classes()
			var e *buffer.ConfigError
			require.ErrorAs(t, err, &e)
			require.Equal(t, "Records."+c.field, e.Field, err.Error())
		})
	}
	// The sizes in the texts.
	for text, r := range map[string]buffer.Records{
		"is 192; cache-only it must be at least 2·(MaxRecord+8)+32 = 208":              {80, 80, 192, 32, true},
		"is 4096; the largest mini-page (1024) must be at least MaxRecord+8+32 = 1088": {1048, 1048, 4096, 1950, false},
		"is 4096; the largest mini-page (0) must be at least MaxRecord+8+32 = 4040":    {4000, 4000, 4096, 32, false},
		"is 12288; must hold at most 4096 records of MinRecord (2)":                    {2, 1952, 12288, 32, false},
	} {
		_, err := r.Classes()
		require.ErrorContains(t, err, text)
	}
}

// Every derivation the rules allow yields classes that New accepts.
func TestRecordsClassesAreAlwaysUsable(t *testing.T) {
	usable := 0
	for minRecord := 2; minRecord < 2100; minRecord += 37 {
		for maxRecord := minRecord; maxRecord < 4200; maxRecord += 211 {
			for _, page := range []int{4096, 8192, 16384, 32768} {
				for _, cacheOnly := range []bool{false, true} {
					r := buffer.Records{MinRecord: minRecord, MaxRecord: maxRecord, LeafPage: page, MaxFence: 3, CacheOnly: cacheOnly}
					if _, err := r.Classes(); err != nil {
						continue
					}
					b, err := buffer.New(buffer.Config{Capacity: page, Records: r, Memory: make([]byte, page)})
					require.NoError(t, err, "%+v", r)
					require.NoError(t, b.Close())
					usable++
				}
			}
		}
	}
	require.Greater(t, usable, 1000)
}

// A request gets the smallest class that holds it, and its own length.
func TestAllocRoundsUpToTheClass(t *testing.T) {
	classes := []int{64, 128, 192, 1024, 4096}
	b, err := buffer.New(buffer.Config{Capacity: 1 << 20, Classes: classes})
	require.NoError(t, err)
	for n := 1; n <= 4096; n++ {
		want := 0
		for _, c := range classes {
			if c >= n {
				want = c
				break
			}
		}
		g, err := b.Alloc(n)
		require.NoError(t, err)
		require.Len(t, g.Bytes(), n)
		require.Equal(t, want, cap(g.Bytes()), "n = %d", n)
		g.Tombstone().Free()
	}
	for _, n := range []int{0, -1, 4097, 1 << 30} {
		_, err := b.Alloc(n)
		require.ErrorIs(t, err, buffer.ErrSize, "n = %d", n)
	}
}
