// Package thirdparty explores the tests that other projects have written for themselves,
// without changing them: its [Command] fetches modules from the module proxy, runs annulus
// test on copies, and tells what was explored, what was found, and what cannot be explored,
// and why.
package thirdparty
