//go:build annulus_overlay

package race

import (
	"internal/abi"
	"unsafe"
)

// This file is added to package internal/race. The functions are those of package runtime,
// which maps call while Annulus is true.

// Annulus reports whether accesses to maps are watched.
var Annulus bool

// ReadPC reports a read of a byte on behalf of the function that goes on at callerpc.
//
//go:linkname ReadPC
func ReadPC(addr unsafe.Pointer, callerpc, pc uintptr)

// WritePC reports a write of a byte on behalf of the function that goes on at callerpc.
//
//go:linkname WritePC
func WritePC(addr unsafe.Pointer, callerpc, pc uintptr)

// ReadObjectPC reports a read of a value of the type on behalf of the function that goes on
// at callerpc.
//
//go:linkname ReadObjectPC
func ReadObjectPC(t *abi.Type, addr unsafe.Pointer, callerpc, pc uintptr)
