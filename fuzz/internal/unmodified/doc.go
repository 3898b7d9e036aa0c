// Package unmodified runs annulus test on packages that know nothing of it. Its [Command]
// explores the ordinary packages of annulus/fuzz/bugs, which are a module of their own, and
// fails if a bug is not found, if it fails in another way than it should, or if something is
// found where there is no bug.
package unmodified
