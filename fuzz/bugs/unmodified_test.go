package bugs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/unmodified"
	"annulus/fuzz/internal/workbench"
)

// annulus test finds the bugs of ordinary packages, as they are, and nothing in those
// without a bug. The strategies have their usual seed, and the budget is a number of
// schedules.
func TestOrdinaryBugsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command, and explores 60 packages")
	}
	t.Chdir("../..")
	dir := t.TempDir()
	tool, err := workbench.Verifier.Build(t.Context(), dir, "")
	require.NoError(t, err)
	found, err := unmodified.Look(t.Context(), tool, dir, bugs.AllOrdinary())
	require.NoError(t, err)
	for _, f := range found {
		t.Log(&f)
		assert.NoError(t, f.Check())
	}
}
