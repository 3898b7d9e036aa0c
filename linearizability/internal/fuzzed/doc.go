// Package fuzzed has inputs for the tests of several packages: small histories of a ring
// that bytes stand for, about as many of them linearizable as not, and programs that rapid
// draws.
package fuzzed
