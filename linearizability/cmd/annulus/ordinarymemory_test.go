package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/overlay/results"
)

// Of every construct of the language that accesses memory a race is found, and what is ordered
// is none.
func TestOrdinaryMemory(t *testing.T) {
	ordinary(t)
	status, all := exploreTests(t, "./memory")
	require.Equal(t, failed, status)
	found := 0
	for name, r := range all {
		of, races := strings.CutSuffix(name, "Races")
		if !races {
			assert.Equal(t, results.Passed, r.Kind, name)
			assert.Contains(t, []string{"EXHAUSTED", "NOTHING SHARED"}, r.Verdict, name)
			continue
		}
		found++
		assert.Contains(t, all, of+"Ordered", "each has its twin")
		if assert.NotNil(t, r.Failure, name) {
			assert.Equal(t, "race", r.Failure.Class, name)
			assert.Regexp(t, `^plain memory.* is (read|written) .*by .* in \w+_test\.go:\d+ .* and (read|written) .*by .* in \w+_test\.go:\d+ .*, and nothing orders the two$`, r.Failure.Message, name)
		}
	}
	require.Greater(t, found, 50)
	assert.Contains(t, all["ordinary/memory.TestFieldOrdered"].Line, "plain memory was watched, and its interleavings were not explored")

	status, all = exploreTests(t, "-memory=off", "-run=^TestField", "./memory")
	require.Equal(t, passed, status)
	require.Len(t, all, 2)
	assert.Contains(t, all["ordinary/memory.TestFieldOrdered"].Line, "undeclared plain memory was not watched")

	status, _, errs := annulus("test", "-memory=some", "./memory")
	require.Equal(t, unusable, status)
	require.Contains(t, errs, `-memory must be watch or off, not "some"`)
}
