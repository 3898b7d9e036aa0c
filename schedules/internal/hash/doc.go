// Package hash has the scrambling of 64-bit words on which the scheduler's hashes and its
// random choices rest. Both must never change: saved reports hold the hashes, and a seed
// stands for the choices.
package hash
