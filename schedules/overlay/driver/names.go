//go:build annulus_overlay

package driver

import (
	"cmp"
	"runtime"
	"strings"
	"unsafe"

	"annulus/schedules"
)

// names are those of functions, by their addresses. Only the running task uses it.
var names = map[uintptr]string{}

// functionName names a task after the function that it begins with.
func functionName(f func()) string {
	pc := **(**uintptr)(unsafe.Pointer(&f))
	name, known := names[pc]
	if !known {
		fn := runtime.FuncForPC(pc)
		_, name = split(fn.Name())
		if strings.Contains(name, ".gowrap") { // the compiler's, for a function with operands
			file, line := fn.FileLine(pc)
			name = cmp.Or(schedules.Started(file, line), name)
		}
		if len(name) > 60 {
			name = name[:60]
		}
		names[pc] = name
	}
	return name
}
