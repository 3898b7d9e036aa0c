// Package bugbench explores the bugs of other projects in annulus/fuzz/bugs: by each
// strategy by itself, and by the default, until the broken program fails; and then the
// repaired program by the default. Its [Command] fails if the default misses a broken
// program in one of its runs, but for those that are marked as hard, or finds a repaired one
// to fail.
package bugbench
