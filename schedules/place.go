package schedules

import (
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// place is where in the program an operation stands.
type place struct {
	function, file string
	line           int
}

func (p place) short() string {
	if p.file == "" {
		return ""
	}
	return filepath.Base(p.file) + ":" + strconv.Itoa(p.line)
}

// at returns the place as it stands behind an operation, " in pool.go:17", "" if it is not
// known.
func (p place) at() string {
	if p.file == "" {
		return ""
	}
	return " in " + p.short()
}

// functionName names a task after its function: "(*Pool).worker", or "Start.func1" for one
// without a name of its own.
func (e *engine) functionName(f func()) string {
	pc := reflect.ValueOf(f).Pointer()
	name, known := e.functions[pc]
	if !known {
		_, name = splitFunction(runtime.FuncForPC(pc).Name())
		if name = strings.TrimSuffix(name, "-fm"); name == "" || len(name) > MaxName {
			name = "go"
		}
		if e.functions == nil {
			e.functions = map[uintptr]string{}
		}
		e.functions[pc] = name
	}
	return name
}

// stable names the file without saying where on this machine it is.
func (p place) stable() string {
	slash := strings.LastIndexByte(p.function, '/') + 1
	pkg, _, _ := strings.Cut(p.function[slash:], ".")
	return path.Join(p.function[:slash], pkg, filepath.Base(p.file))
}

func (p place) long() string {
	function := p.function[strings.LastIndexByte(p.function, '/')+1:]
	return function + ", " + p.short()
}

var home = reflect.TypeFor[engine]().PkgPath()

// ownFrames begin the names of the functions that stand between the program and
// the recorder.
var ownFrames = []string{
	home + "/atomic.", home + "/sync.", home + "/runtime.", home + "/plain.",
	home + ".(*engine).", home + ".(*recorder).", home + ".(*S).",
	"sync.(*Once).",
}

// caller returns the innermost place outside the scheduler, the drop-ins and the harness.
func (r *recorder) caller() place {
	var pcs [64]uintptr
	return outside(pcs[:runtime.Callers(2, pcs[:])], r.e.s.harness...)
}

// outside returns the innermost of the places that is outside the scheduler, the drop-ins
// and the packages.
func outside(pcs []uintptr, packages ...string) place {
	within := func(function string) bool {
		return slices.ContainsFunc(packages, func(p string) bool { return strings.HasPrefix(function, p+".") }) ||
			len(packages) > 0 && isMachinery(function)
	}
	frames := runtime.CallersFrames(pcs)
	for {
		frame, more := frames.Next()
		if !isOwn(frame.Function) && !within(frame.Function) {
			return place{frame.Function, frame.File, frame.Line}
		}
		if !more {
			return place{}
		}
	}
}

func isOwn(function string) bool {
	for _, prefix := range ownFrames {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}

// splitFunction splits a function's full name into the import path and the name there.
// The path of a test in a package of its own ends in _test.
func splitFunction(full string) (path, name string) {
	slash := strings.LastIndexByte(full, '/') + 1
	path, name, _ = strings.Cut(full[slash:], ".")
	// Symbols have a dot in the last element of a path escaped.
	return full[:slash] + strings.ReplaceAll(path, "%2e", "."), name
}
