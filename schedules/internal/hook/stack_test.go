package hook

import (
	"runtime"
	"testing"
	"unsafe"
)

// The stack of a goroutine ends a little above its innermost frames, and stays where it
// is said to end when it has moved.
func TestStackTop(t *testing.T) {
	if StackTop(G()) == 0 {
		t.Skip("the end of a stack is not known on " + runtime.GOARCH)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var here uintptr
		above := func() uintptr { return StackTop(G()) - uintptr(unsafe.Pointer(&here)) }
		before := above()
		grow(100)
		if after := above(); before != after || before == 0 || before > 1<<10 {
			t.Errorf("the stack ends %d bytes above a variable, and then %d", before, after)
		}
	}()
	<-done
}

// grow makes the stack so large that it has to move.
//
//go:noinline
func grow(n int) byte {
	var frame [1024]byte
	if n > 0 {
		frame[n%len(frame)] = grow(n - 1)
	}
	return frame[n%7]
}
