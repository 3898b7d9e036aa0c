// Package bugbench explores the bugs of other projects in annulus/fuzz/bugs: the broken
// program by each strategy alone and by the default portfolio, until it fails; and then the
// repaired program by the default. Its [Command] fails if the default misses a bug in one of
// its runs, unless the bug is marked as hard, and if a repaired program fails or has nothing
// shared.
package bugbench
