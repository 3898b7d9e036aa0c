package hook

import (
	"bytes"
	"runtime"
)

// Goroutine is the number of the calling goroutine, read from the first line of
// its stack trace, "goroutine 17 [running]:". It serves architectures for which
// there is no assembly, and those who look for the goroutine in a stack trace. It
// costs about a microsecond.
func Goroutine() uintptr {
	var line [64]byte
	text := bytes.TrimPrefix(line[:runtime.Stack(line[:], false)], []byte("goroutine "))
	var id uintptr
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		id = id*10 + uintptr(c-'0')
	}
	return id
}
