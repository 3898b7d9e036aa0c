//go:build annulus_overlay

package sync

import "internal/runtime/sys"

// This file is added to package sync. It has the methods whose originals the overlay has
// renamed: what comes from a task in the program is handed to the scheduler, and
// everything else to the original.

// AnnulusHooks are the scheduler's functions. Step reports whether an operation on the
// object that was called from pc is a step of the running task; only then the others are
// called.
type AnnulusHooks struct {
	Step func(object any, pc uintptr) bool

	Lock, Unlock func(*Mutex)
	TryLock      func(*Mutex) bool

	WriteLock, WriteUnlock, ReadLock, ReadUnlock func(*RWMutex)
	TryWriteLock, TryReadLock                    func(*RWMutex) bool

	Add  func(*WaitGroup, int)
	Wait func(*WaitGroup)
	Go   func(*WaitGroup, func())

	Do func(*Once, func())

	Await, Signal, Broadcast func(*Cond)

	Get func(*Pool) any
	Put func(*Pool, any)

	Load             func(m *Map, key any) (value any, ok bool)
	Store            func(m *Map, key, value any)
	Clear            func(m *Map)
	LoadOrStore      func(m *Map, key, value any) (actual any, loaded bool)
	LoadAndDelete    func(m *Map, key any) (value any, loaded bool)
	Swap             func(m *Map, key, value any) (previous any, loaded bool)
	CompareAndSwap   func(m *Map, key, old, new any) (swapped bool)
	CompareAndDelete func(m *Map, key, old any) (deleted bool)
	Range            func(m *Map, f func(key, value any) bool)
}

// Annulus is nil while there is no scheduler.
var Annulus *AnnulusHooks

// annulus returns the scheduler's functions if the operation is a step of a task, else nil.
func annulus(object any, pc uintptr) *AnnulusHooks {
	if Annulus == nil || !Annulus.Step(object, pc) {
		return nil
	}
	return Annulus
}

// Lock is the method of that name, and a step where a task calls it.
func (m *Mutex) Lock() {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Lock(m)
		return
	}
	m.annulusLock()
}

// TryLock is the method of that name, and a step where a task calls it.
func (m *Mutex) TryLock() bool {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.TryLock(m)
	}
	return m.annulusTryLock()
}

// Unlock is the method of that name, and a step where a task calls it.
func (m *Mutex) Unlock() {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Unlock(m)
		return
	}
	m.annulusUnlock()
}

// Lock is the method of that name, and a step where a task calls it.
func (rw *RWMutex) Lock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.WriteLock(rw)
		return
	}
	rw.annulusLock()
}

// TryLock is the method of that name, and a step where a task calls it.
func (rw *RWMutex) TryLock() bool {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		return h.TryWriteLock(rw)
	}
	return rw.annulusTryLock()
}

// Unlock is the method of that name, and a step where a task calls it.
func (rw *RWMutex) Unlock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.WriteUnlock(rw)
		return
	}
	rw.annulusUnlock()
}

// RLock is the method of that name, and a step where a task calls it.
func (rw *RWMutex) RLock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.ReadLock(rw)
		return
	}
	rw.annulusRLock()
}

// TryRLock is the method of that name, and a step where a task calls it.
func (rw *RWMutex) TryRLock() bool {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		return h.TryReadLock(rw)
	}
	return rw.annulusTryRLock()
}

// RUnlock is the method of that name, and a step where a task calls it.
func (rw *RWMutex) RUnlock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.ReadUnlock(rw)
		return
	}
	rw.annulusRUnlock()
}

// Add is the method of that name, and a step where a task calls it.
func (wg *WaitGroup) Add(delta int) {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Add(wg, delta)
		return
	}
	wg.annulusAdd(delta)
}

// Done is the method of that name, and a step where a task calls it.
func (wg *WaitGroup) Done() {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Add(wg, -1)
		return
	}
	wg.annulusAdd(-1)
}

// Wait is the method of that name, and a step where a task calls it.
func (wg *WaitGroup) Wait() {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Wait(wg)
		return
	}
	wg.annulusWait()
}

// Go is the method of that name, and a step where a task calls it.
func (wg *WaitGroup) Go(f func()) {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Go(wg, f)
		return
	}
	wg.annulusGo(f)
}

// Do is the method of that name, and a step where a task calls it.
func (o *Once) Do(f func()) {
	if h := annulus(o, sys.GetCallerPC()); h != nil {
		h.Do(o, f)
		return
	}
	o.annulusDo(f)
}

// Wait is the method of that name, and a step where a task calls it.
func (c *Cond) Wait() {
	if h := annulus(c, sys.GetCallerPC()); h != nil {
		h.Await(c)
		return
	}
	c.annulusWait()
}

// Signal is the method of that name, and a step where a task calls it.
func (c *Cond) Signal() {
	if h := annulus(c, sys.GetCallerPC()); h != nil {
		h.Signal(c)
		return
	}
	c.annulusSignal()
}

// Broadcast is the method of that name, and a step where a task calls it.
func (c *Cond) Broadcast() {
	if h := annulus(c, sys.GetCallerPC()); h != nil {
		h.Broadcast(c)
		return
	}
	c.annulusBroadcast()
}

// AnnulusWaits reports whether a goroutine waits for c in the runtime, where no task ever does.
func AnnulusWaits(c *Cond) bool { return c.notify.head != nil }

// Get is the method of that name, and a step where a task calls it.
func (p *Pool) Get() any {
	h := annulus(p, sys.GetCallerPC())
	if h == nil {
		return p.annulusGet()
	}
	x := h.Get(p)
	if x == nil && p.New != nil {
		x = p.New()
	}
	return x
}

// Put is the method of that name, and a step where a task calls it.
func (p *Pool) Put(x any) {
	if h := annulus(p, sys.GetCallerPC()); h != nil {
		if x != nil {
			h.Put(p, x)
		}
		return
	}
	p.annulusPut(x)
}

// Load is the method of that name, and a step where a task calls it.
func (m *Map) Load(key any) (value any, ok bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.Load(m, key)
	}
	return m.annulusLoad(key)
}

// Store is the method of that name, and a step where a task calls it.
func (m *Map) Store(key, value any) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Store(m, key, value)
		return
	}
	m.annulusStore(key, value)
}

// Clear is the method of that name, and a step where a task calls it.
func (m *Map) Clear() {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Clear(m)
		return
	}
	m.annulusClear()
}

// LoadOrStore is the method of that name, and a step where a task calls it.
func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.LoadOrStore(m, key, value)
	}
	return m.annulusLoadOrStore(key, value)
}

// LoadAndDelete is the method of that name, and a step where a task calls it.
func (m *Map) LoadAndDelete(key any) (value any, loaded bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.LoadAndDelete(m, key)
	}
	return m.annulusLoadAndDelete(key)
}

// Delete is the method of that name, and a step where a task calls it.
func (m *Map) Delete(key any) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.LoadAndDelete(m, key)
		return
	}
	m.annulusDelete(key)
}

// Swap is the method of that name, and a step where a task calls it.
func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.Swap(m, key, value)
	}
	return m.annulusSwap(key, value)
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (m *Map) CompareAndSwap(key, old, new any) (swapped bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.CompareAndSwap(m, key, old, new)
	}
	return m.annulusCompareAndSwap(key, old, new)
}

// CompareAndDelete is the method of that name, and a step where a task calls it.
func (m *Map) CompareAndDelete(key, old any) (deleted bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.CompareAndDelete(m, key, old)
	}
	return m.annulusCompareAndDelete(key, old)
}

// Range is the method of that name, and a step where a task calls it.
func (m *Map) Range(f func(key, value any) bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Range(m, f)
		return
	}
	m.annulusRange(f)
}
