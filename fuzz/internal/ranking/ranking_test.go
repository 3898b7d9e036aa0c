package ranking

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability"
)

// measured returns the measurement of runs that needed so many schedules, 0
// standing for one that found nothing.
func measured(ended bool, schedules ...int64) *linearizability.Measurement {
	m := &linearizability.Measurement{Limit: 100}
	for _, n := range schedules {
		m.Runs = append(m.Runs, linearizability.Run{Schedules: n, Failed: n > 0, Ended: ended && n == 0})
	}
	return m
}

func TestCell(t *testing.T) {
	assert.Equal(t, "7", Cell(measured(true, 7)))
	assert.Equal(t, "20", Cell(measured(false, 30, 10, 20)))
	assert.Equal(t, "50 [2/3]", Cell(measured(false, 40, 0, 50)))
	assert.Equal(t, ">100 [1/3]", Cell(measured(false, 0, 0, 5)))
	assert.Equal(t, "survived [0/1]", Cell(measured(true, 0)))
}

func TestStandingOf(t *testing.T) {
	all := []*linearizability.Measurement{measured(false, 30, 10), measured(false, 40, 0, 50), measured(true, 0)}
	assert.Equal(t, Standing{Every: 1, Some: 1, None: 1, Median: "50"}, StandingOf(all, 100))
	assert.Equal(t, Standing{Some: 1, None: 1, Median: "50"}, StandingOf(all[1:], 100))
	assert.Equal(t, Standing{None: 1, Median: ">100"}, StandingOf(all[2:], 100))
	assert.Equal(t, Standing{}, StandingOf(nil, 100))
}

// What is put between the marks can be replaced as often as one likes.
func TestInsert(t *testing.T) {
	first, last := Marks("target")
	path := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(path, []byte("# Page\n"+first+"old\n"+last+"rest\n"), 0o666))
	var table Table
	table.Row("name", "number")
	table.Rule(1, 1)
	for range 2 {
		require.NoError(t, Insert(path, "target", table.String()))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "# Page\n"+first+"\n| name | number |\n| --- | --: |\n\n"+last+"rest\n", string(text))
	}
	require.ErrorContains(t, Insert(path, "other", ""), "must have the lines")
	require.ErrorIs(t, Insert(path+".none", "target", ""), os.ErrNotExist)
}
