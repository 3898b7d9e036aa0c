package schedules

import (
	"path/filepath"
	"strings"
)

// frames tells in short what a stack, as debug.Stack prints it, has of the program: a
// function and its file and line in each line, the innermost first. The scheduler's own
// frames and those of the runtime are left out.
func frames(stack string) string {
	var b strings.Builder
	lines := strings.Split(stack, "\n")
	for i := 1; i+1 < len(lines); i += 2 { // the first line names the goroutine
		function := withoutArguments(lines[i])
		at, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +0x")
		if isMachinery(function) {
			continue
		}
		b.WriteString(function[strings.LastIndexByte(function, '/')+1:] + ", " + filepath.Base(at) + "\n")
	}
	return b.String()
}

// withoutArguments leaves out the parentheses at the end of a call.
func withoutArguments(call string) string {
	depth := 0
	for i := len(call) - 1; i >= 0 && strings.HasSuffix(call, ")"); i-- {
		switch call[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return call[:i]
			}
		}
	}
	return call
}

// isMachinery reports whether a function is between the program and the operating
// system, and not the program.
func isMachinery(function string) bool {
	for _, prefix := range []string{"runtime.", "runtime/", "panic", "iter.", "created by ", home + ".newWorker", "testing."} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return isOwn(function) || strings.HasPrefix(function, home+".") && strings.Contains(function, "newEngine.func") // calls the body
}
