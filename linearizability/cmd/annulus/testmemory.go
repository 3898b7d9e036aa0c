package main

import (
	"slices"
	"strings"

	"annulus/schedules/overlay"
	"annulus/schedules/overlay/results"
)

// watch has the memory of the packages be watched, which a path or a pattern stands for,
// and of what holds it.
func (o *testOptions) watch(packages string) {
	if o.memory == "off" || slices.Contains(o.Memory, packages) {
		return
	}
	if len(o.Memory) == 0 {
		o.Memory = slices.Clone(results.Holders)
		for path := range strings.SplitSeq(o.watched, ",") {
			if path = strings.TrimSpace(path); path != "" {
				o.Memory = append(o.Memory, path)
			}
		}
	}
	o.Memory = append(o.Memory, packages)
}

// watching returns the flags of go test with which the compiler reports accesses to memory in
// the packages. The compiler would also check conversions of pointers there.
func (b *testBuild) watching() (flags []string) {
	const races = "=-race -d=checkptr=0 "
	for _, p := range b.memory {
		reports := races + overlay.NoIntrinsics
		if slices.Contains(results.Holders, p) {
			reports = races
		}
		flags = append(flags, "-gcflags="+p+reports)
		if !strings.HasSuffix(p, "/...") {
			flags = append(flags, "-gcflags="+p+"_test"+reports)
		}
	}
	if len(flags) > 0 {
		flags = append(flags, "-gcflags=annulus/schedules/...=") // in the standard library
	}
	return flags
}
