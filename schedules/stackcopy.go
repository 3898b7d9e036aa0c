package schedules

import (
	"runtime"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// stackCopy is what a task's stack held at one moment, from a frame to its base:
// the locals of every function that is running, among other things.
type stackCopy struct {
	words []uintptr
	top   uintptr // address behind the last word

	found bool // the place has been looked up
	at    loopPlace
}

// wordSize is the size of a word in bytes.
const wordSize = unsafe.Sizeof(uintptr(0))

// maxStack bounds the bytes that are copied. A deeper stack counts as always
// different.
const maxStack = 64 << 10

// depthOf returns how many bytes the stack of goroutine g has above the word at the
// address, 0 if that is not known. That word itself is left out, of which a smaller
// variable leaves a part undefined.
func depthOf(g, address uintptr) uintptr {
	above := address&^(wordSize-1) + wordSize
	top := hook.StackTop(g)
	if top <= above || top-above > maxStack {
		return 0
	}
	return top - above
}

// take copies the innermost depth bytes at the base of the stack of g, which must be
// the calling goroutine.
func (c *stackCopy) take(g, depth uintptr) {
	n := int(depth / wordSize)
	if cap(c.words) < n {
		c.words = make([]uintptr, n, 2*n)
	}
	c.words = c.words[:n]
	c.top, c.found = copyStack(c.words, g), false
}

// copyStack fills the words with those at the base of the stack, and returns the
// address behind them.
//
//go:norace
//go:nocheckptr
func copyStack(words []uintptr, g uintptr) uintptr {
	top := hook.StackTop(g)
	at := top - uintptr(len(words))*wordSize
	for i := range words {
		words[i] = **(**uintptr)(unsafe.Pointer(&at))
		at += wordSize
	}
	return top
}

// compare tells whether the stack of g, the calling goroutine, is where it was when it
// was copied, which is to say, whether all return addresses are the same, and whether
// all else is the same, too. A word that points into the stack is the same if it
// points to the same part of it: the stack may have moved.
func (c *stackCopy) compare(g uintptr) (there, same bool) {
	if len(c.words) == 0 {
		return false, false
	}
	same = true
	for i := 0; ; i++ {
		var was, is uintptr
		if i, was, is = c.differs(g, i); i < 0 {
			return true, same
		}
		if runtime.FuncForPC(was) != nil || runtime.FuncForPC(is) != nil {
			return false, false
		}
		same = false
	}
}

// differs returns the first word from the given one on that is not what was copied, as
// it was and as it is, and a negative number if there is none.
//
//go:norace
//go:nocheckptr
func (c *stackCopy) differs(g uintptr, from int) (i int, was, is uintptr) {
	top, size := hook.StackTop(g), uintptr(len(c.words))*wordSize
	at := top - size + uintptr(from)*wordSize
	for i, was := range c.words[from:] {
		is := **(**uintptr)(unsafe.Pointer(&at))
		at += wordSize
		if is != was && (top-is >= size || top-is != c.top-was) {
			return from + i, was, is
		}
	}
	return -1, 0, 0
}

// loopPlace tells one place in the program from others, with the calls that lead
// there: the innermost return addresses on the stack.
type loopPlace [12]uintptr

// place returns where the task was whose stack was copied.
func (c *stackCopy) place() loopPlace {
	if c.found {
		return c.at
	}
	c.found, c.at = true, loopPlace{}
	n := 0
	for _, w := range c.words {
		if runtime.FuncForPC(w) == nil {
			continue
		}
		c.at[n] = w
		if n++; n == len(c.at) {
			break
		}
	}
	return c.at
}

// scrub clears the stack below its caller's frame, where functions that are called
// next will have theirs. What the scheduler leaves there would otherwise be found in
// parts of their frames that they do not use, and differ from round to round.
//
//go:noinline
func scrub() {
	var below [4096]byte
	keep(&below)
}

//go:noinline
func keep(*[4096]byte) {}

// scrubLittle is scrub for a task that may be about to go round, and of which that is
// not known yet.
//
//go:noinline
func scrubLittle() {
	var below [256]byte
	keepLittle(&below)
}

//go:noinline
func keepLittle(*[256]byte) {}
