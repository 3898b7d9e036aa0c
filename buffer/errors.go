package buffer

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers handle. Compare with errors.Is.
var (
	// ErrConfig is wrapped by every error about a configuration.
	ErrConfig = errors.New("buffer: invalid configuration")
	// ErrSize: the request is for zero or fewer bytes, or for more than the
	// largest size class.
	ErrSize = errors.New("buffer: size is not between 1 and the largest class")
	// ErrFull: there is no block of the class to reuse and no room at the
	// tail. Evict, then ask again; see [Buffer.AllocOrEvict].
	ErrFull = errors.New("buffer: full")
	// ErrExhausted: the tail has used up all logical addresses. Nothing more
	// can be appended to this Buffer; blocks can still be reused, read, freed
	// and evicted.
	ErrExhausted = errors.New("buffer: logical addresses exhausted")
	// ErrClosed: the Buffer was closed.
	ErrClosed = errors.New("buffer: closed")
	// ErrStale: the allocation that the reference names no longer exists: it
	// was freed or evicted, and perhaps its place was reused since.
	ErrStale = errors.New("buffer: stale reference")
	// ErrForeign: the reference was not issued by this Buffer.
	ErrForeign = errors.New("buffer: foreign reference")
	// ErrBusy: the block has an owner: a guard that was not released, another
	// handle, or an evictor.
	ErrBusy = errors.New("buffer: block is in use")
	// ErrEmpty: there is nothing to evict, and no eviction is under way.
	ErrEmpty = errors.New("buffer: empty")
	// ErrInFlight: there is nothing left to reserve, but evictions of others
	// are under way; space may follow, or a block may be given back.
	ErrInFlight = errors.New("buffer: only evictions in flight")
	// ErrInterrupted is matched by every [InterruptedError].
	ErrInterrupted = errors.New("buffer: eviction interrupted")
	// ErrPatience is the cause of an interruption when the block stayed in
	// someone else's hands, or others' evictions did not end, for
	// Config.EvictPatience looks.
	ErrPatience = errors.New("buffer: patience exhausted")
)

// ConfigError tells which field of a [Config] breaks which rule. It matches
// [ErrConfig].
type ConfigError struct {
	Field string // as in "CopyOnAccessBytes" or "Records.LeafPage"
	Rule  string // what the value is and what it must be
}

// Error returns "buffer: Config.Field rule".
func (e *ConfigError) Error() string { return "buffer: Config." + e.Field + " " + e.Rule }

// Is reports whether target is ErrConfig.
func (e *ConfigError) Is(target error) bool { return target == ErrConfig }

// InterruptedError reports an eviction that reserved a block and could not
// finish it. The reservation was given back and the next eviction, by
// whomever, is served it first; the block and its bytes are as before. It
// matches [ErrInterrupted] and unwraps to its cause.
type InterruptedError struct {
	Address Addr  // the block that was given back
	State   State // Tombstoning if the callback had been called, else what the evictor last saw
	Cause   error // the callback's error, the context's, or ErrPatience
}

// Error names the block, the state in which it was left and the cause.
func (e *InterruptedError) Error() string {
	return fmt.Sprintf("%v at block %v (%v): %v", ErrInterrupted, e.Address, e.State, e.Cause)
}

// Is reports whether target is ErrInterrupted.
func (e *InterruptedError) Is(target error) bool { return target == ErrInterrupted }

// Unwrap returns the cause.
func (e *InterruptedError) Unwrap() error { return e.Cause }

// OwnershipError is the value of the panic that follows a broken ownership
// rule: a guard or handle used twice, copied, or used after it ended. Nothing
// was changed when it is raised.
type OwnershipError struct {
	Op      string // such as "Guard.Release"
	Address Addr
	Want    State // the state in which the operation is allowed
	Got     State // the state found
	// Later is set when the place holds another allocation, or the same one
	// under another owner: the guard or handle is a leftover.
	Later bool
}

// Error names the operation, the block and both states.
func (e *OwnershipError) Error() string {
	s := fmt.Sprintf("buffer: %s of block %v: want state %v, found %v", e.Op, e.Address, e.Want, e.Got)
	if e.Later {
		s += " of a later owner"
	}
	return s
}

// LiveError reports the blocks that kept a Buffer from being closed.
type LiveError struct {
	Blocks    []BlockInfo // blocks that are NotReady, Ready or Tombstoning
	Evictions int         // evictions under way
}

// Error lists the blocks; of more than eight the first eight.
func (e *LiveError) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "buffer: close: %d blocks live, %d evictions under way", len(e.Blocks), e.Evictions)
	for i, blk := range e.Blocks {
		if i == 8 {
			fmt.Fprintf(&s, " and %d more", len(e.Blocks)-i)
			break
		}
		fmt.Fprintf(&s, "; %v (%d bytes) %v", blk.Address, blk.Size, blk.State)
	}
	return s.String()
}
