//go:build annulus_overlay

package driver

import (
	"runtime"
	"strings"
	"sync/atomic"

	"annulus/schedules/internal/hook"
)

// exempt lists the packages of the standard library whose locks, pools and maps protect
// nothing but their own state, and are not held where a task can be made to wait: what they
// do to those is no step. A name with a slash at its end stands for all packages below it.
// Everything else that is in the standard library is explored like the program.
var exempt = map[string]bool{
	"annulus/schedules": true, "annulus/schedules/internal/": true, "annulus/schedules/trace": true,
	"annulus/schedules/files": true, "annulus/schedules/quote": true, "annulus/schedules/replays": true,
	"annulus/schedules/overlay/results": true,

	"bufio": true, "bytes": true, "compress/": true, "crypto": true, "crypto/": true, "embed": true,
	"encoding": true, "encoding/": true, "errors": true, "flag": true, "fmt": true, "go/": true,
	"hash": true, "hash/": true, "html": true, "html/": true, "image": true, "image/": true,
	"internal/": true, "iter": true, "maps": true, "math": true, "math/": true, "mime": true, "mime/": true,
	"os": true, "os/": true, "path": true, "path/": true, "reflect": true, "regexp": true, "regexp/": true,
	"runtime": true, "runtime/": true, "slices": true, "sort": true, "strconv": true, "strings": true,
	"sync/atomic": true, "syscall": true, "testing": true, "testing/": true, "text/": true, "time": true,
	"unicode": true, "unicode/": true, "unique": true, "weak": true,
}

// ofSync begins the functions of package sync that call others of its functions on behalf
// of the program.
var ofSync = []string{"(*rlocker).", "OnceFunc", "OnceValue"}

// isExempt reports whether what the function does itself is no step.
func isExempt(function string) bool {
	pkg, name := split(function)
	if pkg == "sync" {
		if strings.HasSuffix(name, "-fm") {
			return false // a method value, such as wg.Done, which the program has made
		}
		for _, begin := range ofSync {
			if strings.HasPrefix(name, begin) {
				return false
			}
		}
		return true
	}
	if exempt[pkg] {
		return true
	}
	for at := 0; ; {
		slash := strings.IndexByte(pkg[at:], '/')
		if slash < 0 {
			return false
		}
		if at += slash + 1; exempt[pkg[:at]] {
			return true
		}
	}
}

// split splits the name of a function into that of its package and the rest.
func split(function string) (pkg, name string) {
	path, _, _ := strings.Cut(function, "[") // what a generic function is called with
	slash := strings.LastIndexByte(path, '/') + 1
	dot := strings.IndexByte(function[slash:], '.')
	if dot < 0 {
		return function, ""
	}
	return function[:slash+dot], function[slash+dot+1:]
}

// callers remembers of the calls that were last looked at what came of it: the address,
// and 1 in the lowest bit, which is shifted in, if the caller is exempt.
var callers [1 << 12]uintptr

// calledByExempt reports whether the function that was called from pc is no step because
// of who called it.
func calledByExempt(pc uintptr) bool {
	c := &callers[(pc^pc>>12)%uintptr(len(callers))]
	if known := atomic.LoadUintptr(c); known>>1 == pc {
		return known&1 != 0
	}
	if hook.ToScheduler() {
		defer hook.ToProgram()
	}
	function, certain := callerAt(pc)
	is := isExempt(function)
	if certain {
		entry := pc << 1
		if is {
			entry |= 1
		}
		atomic.StoreUintptr(c, entry)
	}
	return is
}

// callerAt returns the function that has called an operation from pc. It may be inlined
// there, as methods of the types of sync/atomic are. If pc is in a function that calls
// operations for many then it is not certain that the next one comes from the same.
func callerAt(pc uintptr) (function string, certain bool) {
	for frames := runtime.CallersFrames([]uintptr{pc}); ; {
		frame, more := frames.Next()
		if !betweenCalls(frame.Function) {
			return frame.Function, true
		}
		if !more {
			return callerBeyond(), false
		}
	}
}

// betweenCalls reports whether a function calls operations for others: the runtime those
// that were deferred, and sync/atomic its own.
func betweenCalls(function string) bool {
	pkg, _ := split(function)
	return pkg == "runtime" || pkg == "sync/atomic"
}

// callerBeyond is callerAt for an operation that such a function has called.
func callerBeyond() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	for operation := false; ; {
		frame, more := frames.Next()
		pkg, _ := split(frame.Function)
		if operation && !betweenCalls(frame.Function) && pkg != "sync" {
			return frame.Function
		}
		operation = operation || pkg == "sync" || pkg == "sync/atomic"
		if !more {
			return frame.Function
		}
	}
}
