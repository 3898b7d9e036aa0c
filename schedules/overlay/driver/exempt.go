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
var ofSync = []string{"(*rlocker).", "(*Cond).", "(*WaitGroup).", "OnceFunc", "OnceValue"}

// isExempt reports whether what the function does itself is no step.
func isExempt(function string) bool {
	pkg, name := split(function)
	if pkg == "sync" {
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
var callers [1 << 12]atomic.Uintptr

// calledByExempt reports whether the function that was called from pc is no step because
// of who called it.
func calledByExempt(pc uintptr) bool {
	c := &callers[(pc^pc>>12)%uintptr(len(callers))]
	if known := c.Load(); known>>1 == pc {
		return known&1 != 0
	}
	if hook.ToScheduler() {
		defer hook.ToProgram()
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	if pkg, _ := split(frame.Function); pkg == "runtime" {
		return isExempt(deferring()) // one that was deferred: the runtime has called it for many
	}
	is := isExempt(frame.Function)
	entry := pc << 1
	if is {
		entry |= 1
	}
	c.Store(entry)
	return is
}

// deferring is the function for which the runtime calls one that was deferred.
func deferring() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for inRuntime := false; ; {
		frame, more := frames.Next()
		pkg, _ := split(frame.Function)
		if inRuntime && pkg != "runtime" {
			return frame.Function
		}
		inRuntime = inRuntime || pkg == "runtime"
		if !more {
			return frame.Function
		}
	}
}
