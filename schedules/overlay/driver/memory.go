//go:build annulus_overlay

package driver

import (
	"math"
	"runtime/debug"
	"slices"
	"strings"

	"annulus/schedules"
	"annulus/schedules/overlay/results"
)

// memoryLimit is the size of the heap beyond which it is collected within executions, too.
const memoryLimit = 1 << 30

// watch has the accesses to plain memory be watched in the packages. In an execution nothing
// is freed, so that an address stays that of the same memory.
func watch(packages []string) {
	debug.SetGCPercent(-1)
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(memoryLimit)
	}
	watched := func(function string) bool {
		pkg, _ := split(function)
		return results.Within(pkg, packages) && !slices.Contains(results.Holders, pkg)
	}
	holds := func(function string) bool {
		pkg, _ := split(function)
		return slices.Contains(results.Holders, pkg) && !strings.Contains(function, "[") && !strings.HasSuffix(function, "-fm")
	}
	schedules.WatchMemory(watched, holds)
}
