//go:build annulus_overlay

package driver

import (
	"runtime"
	stdsync "sync"
	stdatomic "sync/atomic"
	"unsafe"

	"annulus/schedules/atomic"
	"annulus/schedules/internal/hook"
	"annulus/schedules/sync"
)

// connect hands the scheduler's functions to the standard library. All of them are called
// by the running task, in the program, except those that find out about that.
//
// While one of them is at work, the task is in the scheduler, and its operations are the
// standard ones. It is in the program again when the function returns, however it ends.
func connect() {
	connectRuntime()
	connectSync()
	connectAtomic()
}

// step reports whether an operation on the object that was called from pc is one of the
// running task in the program.
func step(object unsafe.Pointer, pc uintptr) bool {
	switch {
	case !hook.Installed():
		return false
	case runtime.AnnulusStep():
		return !calledByExempt(pc)
	case hook.Task() == nil && !calledByExempt(pc):
		hook.Beside(object)
	}
	return false
}

// address is the object that an interface points to.
func address(object any) unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&object))[1]
}

// program returns f as the scheduler can call it: what f does is the program's.
func program(f func()) func() {
	return func() {
		hook.ToProgram()
		defer hook.ToScheduler()
		f()
	}
}

func connectRuntime() {
	hook.Channels.State = runtime.AnnulusChannel
	hook.Channels.Put = runtime.AnnulusPut
	hook.Channels.Take = runtime.AnnulusTake
	hook.Channels.Value = runtime.AnnulusValue
	h := &runtime.Annulus
	var cases []runtime.AnnulusCase // whose content the scheduler copies
	h.Cases = func(n int) []runtime.AnnulusCase {
		if n > cap(cases) {
			cases = make([]runtime.AnnulusCase, n)
		}
		return cases[:n]
	}
	h.Channel = func(cases []runtime.AnnulusCase, block bool) (int, uint8, unsafe.Pointer) {
		hook.ToScheduler()
		defer hook.ToProgram()
		for i := range cases {
			awaited(cases[i].Ch)
		}
		same := unsafe.Slice((*hook.ChanCase)(unsafe.Pointer(unsafe.SliceData(cases))), len(cases))
		chosen, how, box := hook.Task().Channel(same, block)
		return chosen, uint8(how), box
	}
	h.Close = func(ch unsafe.Pointer) bool {
		hook.ToScheduler()
		defer hook.ToProgram()
		awaited(ch)
		return hook.Task().Close(ch)
	}
	h.Len = func(ch unsafe.Pointer) int {
		hook.ToScheduler()
		defer hook.ToProgram()
		c := hook.Task()
		live := c.Before(hook.ChanLen, hook.Chan, ch, 0, 0)
		n, _, _ := runtime.AnnulusChannel(ch)
		if live {
			c.After(uint64(n), hook.Read)
		}
		return n
	}
	h.Go = spawn
	h.Gosched = func() {
		hook.ToScheduler()
		defer hook.ToProgram()
		if c := hook.Task(); c.Before(hook.Gosched, hook.NoType, nil, 0, 0) {
			c.After(0, 0)
		}
	}
	h.HandOver = hook.SetRunning
	h.Sleep = func(ns int64) {
		hook.ToScheduler()
		defer hook.ToProgram()
		hook.Task().Sleep(ns)
	}
	h.Now = func() int64 {
		hook.ToScheduler()
		defer hook.ToProgram()
		return hook.Task().Now()
	}
	h.StartTimer = func(t, ch unsafe.Pointer, when, period int64, f func(any, uintptr, int64), arg any) {
		hook.ToScheduler()
		defer hook.ToProgram()
		hook.Task().StartTimer(t, ch, when, period, program(func() { f(arg, 0, 0) }))
	}
	h.StopTimer = func(t unsafe.Pointer) (pending, known bool) {
		hook.ToScheduler()
		defer hook.ToProgram()
		return hook.Task().StopTimer(t)
	}
	h.ResetTimer = func(t unsafe.Pointer, when, period int64) (pending, known bool) {
		hook.ToScheduler()
		defer hook.ToProgram()
		return hook.Task().ResetTimer(t, when, period)
	}
}

// awaited is called when a task uses the channel. A goroutine that was started before the
// test may wait there.
func awaited(ch unsafe.Pointer) {
	if runtime.AnnulusWaits(ch) {
		hook.Awaited(ch)
	}
}

// spawn starts a task.
func spawn(f func()) {
	seed := runtime.AnnulusFork()
	hook.ToScheduler()
	defer hook.ToProgram()
	hook.Task().Go(functionName(f), func() {
		runtime.AnnulusSeed(seed)
		f()
	})
}

// The drop-ins have the layout of the standard types, so that they can stand for them.

func mutex(m *stdsync.Mutex) *sync.Mutex              { return (*sync.Mutex)(unsafe.Pointer(m)) }
func rwMutex(rw *stdsync.RWMutex) *sync.RWMutex       { return (*sync.RWMutex)(unsafe.Pointer(rw)) }
func waitGroup(wg *stdsync.WaitGroup) *sync.WaitGroup { return (*sync.WaitGroup)(unsafe.Pointer(wg)) }
func once(o *stdsync.Once) *sync.Once                 { return (*sync.Once)(unsafe.Pointer(o)) }
func syncMap(m *stdsync.Map) *sync.Map                { return (*sync.Map)(unsafe.Pointer(m)) }
func pool(p *stdsync.Pool) *sync.Pool                 { return (*sync.Pool)(unsafe.Pointer(p)) }
func value(v *stdatomic.Value) *atomic.Value          { return (*atomic.Value)(unsafe.Pointer(v)) }

func connectSync() {
	stdsync.Annulus = &stdsync.AnnulusHooks{
		Step: func(object any, pc uintptr) bool { return step(address(object), pc) },

		Lock:    func(m *stdsync.Mutex) { hook.ToScheduler(); defer hook.ToProgram(); mutex(m).Lock() },
		Unlock:  func(m *stdsync.Mutex) { hook.ToScheduler(); defer hook.ToProgram(); mutex(m).Unlock() },
		TryLock: func(m *stdsync.Mutex) bool { hook.ToScheduler(); defer hook.ToProgram(); return mutex(m).TryLock() },

		WriteLock:   func(rw *stdsync.RWMutex) { hook.ToScheduler(); defer hook.ToProgram(); rwMutex(rw).Lock() },
		WriteUnlock: func(rw *stdsync.RWMutex) { hook.ToScheduler(); defer hook.ToProgram(); rwMutex(rw).Unlock() },
		ReadLock:    func(rw *stdsync.RWMutex) { hook.ToScheduler(); defer hook.ToProgram(); rwMutex(rw).RLock() },
		ReadUnlock:  func(rw *stdsync.RWMutex) { hook.ToScheduler(); defer hook.ToProgram(); rwMutex(rw).RUnlock() },
		TryWriteLock: func(rw *stdsync.RWMutex) bool {
			hook.ToScheduler()
			defer hook.ToProgram()
			return rwMutex(rw).TryLock()
		},
		TryReadLock: func(rw *stdsync.RWMutex) bool {
			hook.ToScheduler()
			defer hook.ToProgram()
			return rwMutex(rw).TryRLock()
		},

		Add:  func(wg *stdsync.WaitGroup, n int) { hook.ToScheduler(); defer hook.ToProgram(); waitGroup(wg).Add(n) },
		Wait: func(wg *stdsync.WaitGroup) { hook.ToScheduler(); defer hook.ToProgram(); waitGroup(wg).Wait() },
		Go:   startInGroup,

		Do: func(o *stdsync.Once, f func()) { hook.ToScheduler(); defer hook.ToProgram(); once(o).Do(program(f)) },

		Await:     await,
		Signal:    func(c *stdsync.Cond) { notify(hook.CondSignal, c) },
		Broadcast: func(c *stdsync.Cond) { notify(hook.CondBroadcast, c) },

		Get: func(p *stdsync.Pool) any {
			hook.ToScheduler()
			defer hook.ToProgram()
			return sync.GetWithoutNew(pool(p))
		},
		Put: func(p *stdsync.Pool, x any) { hook.ToScheduler(); defer hook.ToProgram(); pool(p).Put(x) },

		Load: func(m *stdsync.Map, key any) (any, bool) {
			hook.ToScheduler()
			defer hook.ToProgram()
			return syncMap(m).Load(key)
		},
		Store: func(m *stdsync.Map, key, value any) {
			hook.ToScheduler()
			defer hook.ToProgram()
			syncMap(m).Store(key, value)
		},
		Clear: func(m *stdsync.Map) { hook.ToScheduler(); defer hook.ToProgram(); syncMap(m).Clear() },
		LoadOrStore: func(m *stdsync.Map, key, value any) (any, bool) {
			hook.ToScheduler()
			defer hook.ToProgram()
			return syncMap(m).LoadOrStore(key, value)
		},
		LoadAndDelete: func(m *stdsync.Map, key any) (any, bool) {
			hook.ToScheduler()
			defer hook.ToProgram()
			return syncMap(m).LoadAndDelete(key)
		},
		Swap: func(m *stdsync.Map, key, value any) (any, bool) {
			hook.ToScheduler()
			defer hook.ToProgram()
			return syncMap(m).Swap(key, value)
		},
		CompareAndSwap: func(m *stdsync.Map, key, old, new any) bool {
			hook.ToScheduler()
			defer hook.ToProgram()
			return syncMap(m).CompareAndSwap(key, old, new)
		},
		CompareAndDelete: func(m *stdsync.Map, key, old any) bool {
			hook.ToScheduler()
			defer hook.ToProgram()
			return syncMap(m).CompareAndDelete(key, old)
		},
		Range: func(m *stdsync.Map, f func(key, value any) bool) {
			hook.ToScheduler()
			defer hook.ToProgram()
			syncMap(m).Range(func(key, value any) bool {
				hook.ToProgram()
				defer hook.ToScheduler()
				return f(key, value)
			})
		},
	}
}

// startInGroup is Go of a WaitGroup.
func startInGroup(wg *stdsync.WaitGroup, f func()) {
	hook.ToScheduler()
	defer hook.ToProgram()
	seed := runtime.AnnulusFork()
	sync.GoNamed(waitGroup(wg), functionName(f), func() {
		runtime.AnnulusSeed(seed)
		f()
	})
}

// await is Wait of a condition variable, whose drop-in has another layout. The lock is
// the program's.
func await(c *stdsync.Cond) {
	waits := func(op hook.Op) {
		hook.ToScheduler()
		defer hook.ToProgram()
		if h := hook.Task(); h.Before(op, hook.Cond, unsafe.Pointer(c), 0, 0) {
			h.After(0, hook.Read)
		}
	}
	waits(hook.CondWait)
	c.L.Unlock()
	waits(hook.CondAwake)
	c.L.Lock()
}

func notify(op hook.Op, c *stdsync.Cond) {
	hook.ToScheduler()
	defer hook.ToProgram()
	if stdsync.AnnulusWaits(c) {
		hook.Awaited(unsafe.Pointer(c))
	}
	if h := hook.Task(); h.Before(op, hook.Cond, unsafe.Pointer(c), 0, 0) {
		h.After(0, hook.Changed)
	}
}

func connectAtomic() {
	stdatomic.Annulus = &stdatomic.AnnulusHooks{
		Before: func(op, typ uint8, object unsafe.Pointer, a, b uint64, pc uintptr) bool {
			if object == unsafe.Pointer(&hook.On) || !step(object, pc) { // the drop-ins look at the first
				return false
			}
			hook.ToScheduler()
			defer hook.ToProgram()
			return hook.Task().Before(hook.Op(op), hook.Type(typ), object, a, b)
		},
		After: func(result uint64, read, changed bool) {
			hook.ToScheduler()
			defer hook.ToProgram()
			var effect hook.Effect
			if read {
				effect = hook.Read
			}
			hook.Task().After(result, effect|hook.ChangedIf(changed))
		},
		Step:  func(v *stdatomic.Value, pc uintptr) bool { return step(unsafe.Pointer(v), pc) },
		Load:  func(v *stdatomic.Value) any { hook.ToScheduler(); defer hook.ToProgram(); return value(v).Load() },
		Store: func(v *stdatomic.Value, val any) { hook.ToScheduler(); defer hook.ToProgram(); value(v).Store(val) },
		Swap: func(v *stdatomic.Value, new any) any {
			hook.ToScheduler()
			defer hook.ToProgram()
			return value(v).Swap(new)
		},
		CompareAndSwap: func(v *stdatomic.Value, old, new any) bool {
			hook.ToScheduler()
			defer hook.ToProgram()
			return value(v).CompareAndSwap(old, new)
		},
		Aside: func() (end func()) {
			if hook.ToScheduler() {
				return hook.ToProgram
			}
			return func() {}
		},
	}
}
