// Package hash has the functions on 64-bit words from which the scheduler makes its hashes
// and its random choices. They must never change: saved reports hold hashes, and a seed
// must select the same choices for ever.
package hash
