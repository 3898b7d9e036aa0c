//go:build annulus_overlay

package driver

import (
	"runtime"
	"unsafe"
)

// names are those of functions, by their addresses. Only the running task uses it.
var names = map[uintptr]string{}

// functionName names a task after the function that it begins with.
func functionName(f func()) string {
	pc := **(**uintptr)(unsafe.Pointer(&f))
	name, known := names[pc]
	if !known {
		_, name = split(runtime.FuncForPC(pc).Name())
		if len(name) > 60 {
			name = name[:60]
		}
		names[pc] = name
	}
	return name
}
