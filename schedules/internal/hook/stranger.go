package hook

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Stranger is a goroutine that is not a task, at its first operation on an object
// while a controller is installed.
type Stranger struct {
	pcs   [32]uintptr
	depth int
}

// Callers returns the program counters of the goroutine's calls, innermost first.
func (s *Stranger) Callers() []uintptr { return s.pcs[:s.depth] }

// maxStrangers bounds the objects that are remembered. They stay alive, so that
// their addresses remain their own.
const maxStrangers = 1 << 14

var (
	strangers    sync.Map     // *Stranger by unsafe.Pointer
	strangeness  atomic.Int64 // how many there are, about
	quietRunning atomic.Uintptr
)

// Beside remembers that the calling goroutine, which is not a task, uses the
// object while a controller is installed, see [StrangerTo]. After the first time
// this is a look-up.
//
//go:noinline
func Beside(object unsafe.Pointer) {
	if _, known := strangers.Load(object); known || quietRunning.Load() == G() {
		return
	}
	if strangeness.Add(1) > maxStrangers {
		forgetStrangers()
		strangeness.Add(1)
	}
	s := new(Stranger)
	s.depth = runtime.Callers(2, s.pcs[:])
	strangers.Store(object, s)
}

func forgetStrangers() {
	strangers.Clear()
	strangeness.Store(0)
}

// Strangers reports whether a goroutine that is not a task has used any object
// since the controller was installed.
func Strangers() bool { return strangeness.Load() != 0 }

// StrangerTo returns the goroutine that has used the object and is not a task, nil
// if there is none.
func StrangerTo(object unsafe.Pointer) *Stranger {
	if s, ok := strangers.Load(object); ok {
		return s.(*Stranger)
	}
	return nil
}

// Quietly calls f, all of whose operations are the standard ones although the
// calling goroutine may be the running task.
func Quietly(f func()) {
	g := running.Swap(0)
	quietRunning.Store(G())
	defer func() {
		quietRunning.Store(0)
		running.Store(g)
	}()
	f()
}
