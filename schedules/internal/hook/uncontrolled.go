package hook

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Uncontrolled is a goroutine that is not a task, at its first operation on an object
// while a controller is installed. It has no callers if it has waited at the object since
// before that, see [Awaited].
type Uncontrolled struct {
	pcs   [32]uintptr
	depth int
}

// Callers returns the program counters of the goroutine's calls, innermost first.
func (s *Uncontrolled) Callers() []uintptr { return s.pcs[:s.depth] }

// maxUncontrolled bounds the objects that are remembered. They stay alive, so that
// their addresses remain their own.
const maxUncontrolled = 1 << 14

var (
	uncontrolled     sync.Map // *Uncontrolled by unsafe.Pointer
	uncontrolledUses int64    // how many there are, about; only accessed atomically
	quietRunning     uintptr  // only accessed atomically
)

// Beside remembers that the calling goroutine, which is not a task, uses the
// object while a controller is installed, see [UncontrolledUser]. After the first time
// this is a look-up.
//
//go:noinline
func Beside(object unsafe.Pointer) {
	if _, known := uncontrolled.Load(object); known || atomic.LoadUintptr(&quietRunning) == G() || Overlaid && Task() != nil {
		return
	}
	s := new(Uncontrolled)
	s.depth = runtime.Callers(2, s.pcs[:])
	remember(object, s)
}

// Awaited remembers that a goroutine which is not a task waits at the object, which a task
// uses.
func Awaited(object unsafe.Pointer) {
	if UncontrolledUser(object) == nil {
		remember(object, new(Uncontrolled))
	}
}

func remember(object unsafe.Pointer, s *Uncontrolled) {
	if atomic.AddInt64(&uncontrolledUses, 1) > maxUncontrolled {
		forgetUncontrolled()
		atomic.AddInt64(&uncontrolledUses, 1)
	}
	uncontrolled.Store(object, s)
}

func forgetUncontrolled() {
	uncontrolled.Clear()
	atomic.StoreInt64(&uncontrolledUses, 0)
}

// AnyUncontrolled reports whether a goroutine that is not a task has used any object
// since the controller was installed.
func AnyUncontrolled() bool { return atomic.LoadInt64(&uncontrolledUses) != 0 }

// UncontrolledUser returns the goroutine that has used the object and is not a task, nil
// if there is none.
func UncontrolledUser(object unsafe.Pointer) *Uncontrolled {
	if s, ok := uncontrolled.Load(object); ok {
		return s.(*Uncontrolled)
	}
	return nil
}

// Quietly calls f, all of whose operations are the standard ones although the
// calling goroutine may be the running task.
func Quietly(f func()) {
	g := atomic.SwapUintptr(&running, 0)
	atomic.StoreUintptr(&quietRunning, G())
	defer func() {
		atomic.StoreUintptr(&quietRunning, 0)
		atomic.StoreUintptr(&running, g)
	}()
	f()
}
