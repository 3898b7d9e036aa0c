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
	count, unlocked := map[bool]int{}, 0
	for name, r := range all {
		races := strings.HasSuffix(name, "Races")
		count[races]++
		if !races {
			assert.Equal(t, results.Passed, r.Kind, name)
			if r.Verdict == "NOTHING SHARED" { // no lock is needed
				unlocked++
				continue
			}
			assert.Equal(t, "EXHAUSTED", r.Verdict, name)
			assert.Contains(t, r.Line, "plain memory was watched, and its interleavings were not explored", name)
			continue
		}
		if assert.NotNil(t, r.Failure, name) {
			assert.Equal(t, "race", r.Failure.Class, name)
			assert.Regexp(t, `^plain memory.* is (read|written) by .* in memory_test\.go:\d+ .* and (read|written) by .* in memory_test\.go:\d+ .*, and nothing orders the two$`, r.Failure.Message, name)
		}
	}
	require.Equal(t, count[true], count[false]-unlocked, "each has its twin")
	require.Equal(t, 2, unlocked)
	require.Greater(t, count[true], 30)

	status, all = exploreTests(t, "-memory=off", "-run=^TestField", "./memory")
	require.Equal(t, passed, status)
	require.Len(t, all, 2)
	assert.Contains(t, all["ordinary/memory.TestFieldOrdered"].Line, "undeclared plain memory was not watched")

	status, _, errs := annulus("test", "-memory=some", "./memory")
	require.Equal(t, unusable, status)
	require.Contains(t, errs, `-memory must be watch or off, not "some"`)
}
