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

func (m *Mutex) Lock() {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Lock(m)
		return
	}
	m.annulusLock()
}

func (m *Mutex) TryLock() bool {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.TryLock(m)
	}
	return m.annulusTryLock()
}

func (m *Mutex) Unlock() {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Unlock(m)
		return
	}
	m.annulusUnlock()
}

func (rw *RWMutex) Lock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.WriteLock(rw)
		return
	}
	rw.annulusLock()
}

func (rw *RWMutex) TryLock() bool {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		return h.TryWriteLock(rw)
	}
	return rw.annulusTryLock()
}

func (rw *RWMutex) Unlock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.WriteUnlock(rw)
		return
	}
	rw.annulusUnlock()
}

func (rw *RWMutex) RLock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.ReadLock(rw)
		return
	}
	rw.annulusRLock()
}

func (rw *RWMutex) TryRLock() bool {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		return h.TryReadLock(rw)
	}
	return rw.annulusTryRLock()
}

func (rw *RWMutex) RUnlock() {
	if h := annulus(rw, sys.GetCallerPC()); h != nil {
		h.ReadUnlock(rw)
		return
	}
	rw.annulusRUnlock()
}

func (wg *WaitGroup) Add(delta int) {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Add(wg, delta)
		return
	}
	wg.annulusAdd(delta)
}

func (wg *WaitGroup) Done() {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Add(wg, -1)
		return
	}
	wg.annulusAdd(-1)
}

func (wg *WaitGroup) Wait() {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Wait(wg)
		return
	}
	wg.annulusWait()
}

func (wg *WaitGroup) Go(f func()) {
	if h := annulus(wg, sys.GetCallerPC()); h != nil {
		h.Go(wg, f)
		return
	}
	wg.annulusGo(f)
}

func (o *Once) Do(f func()) {
	if h := annulus(o, sys.GetCallerPC()); h != nil {
		h.Do(o, f)
		return
	}
	o.annulusDo(f)
}

func (c *Cond) Wait() {
	if h := annulus(c, sys.GetCallerPC()); h != nil {
		h.Await(c)
		return
	}
	c.annulusWait()
}

func (c *Cond) Signal() {
	if h := annulus(c, sys.GetCallerPC()); h != nil {
		h.Signal(c)
		return
	}
	c.annulusSignal()
}

func (c *Cond) Broadcast() {
	if h := annulus(c, sys.GetCallerPC()); h != nil {
		h.Broadcast(c)
		return
	}
	c.annulusBroadcast()
}

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

func (p *Pool) Put(x any) {
	if h := annulus(p, sys.GetCallerPC()); h != nil {
		if x != nil {
			h.Put(p, x)
		}
		return
	}
	p.annulusPut(x)
}

func (m *Map) Load(key any) (value any, ok bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.Load(m, key)
	}
	return m.annulusLoad(key)
}

func (m *Map) Store(key, value any) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Store(m, key, value)
		return
	}
	m.annulusStore(key, value)
}

func (m *Map) Clear() {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Clear(m)
		return
	}
	m.annulusClear()
}

func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.LoadOrStore(m, key, value)
	}
	return m.annulusLoadOrStore(key, value)
}

func (m *Map) LoadAndDelete(key any) (value any, loaded bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.LoadAndDelete(m, key)
	}
	return m.annulusLoadAndDelete(key)
}

func (m *Map) Delete(key any) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.LoadAndDelete(m, key)
		return
	}
	m.annulusDelete(key)
}

func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.Swap(m, key, value)
	}
	return m.annulusSwap(key, value)
}

func (m *Map) CompareAndSwap(key, old, new any) (swapped bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.CompareAndSwap(m, key, old, new)
	}
	return m.annulusCompareAndSwap(key, old, new)
}

func (m *Map) CompareAndDelete(key, old any) (deleted bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		return h.CompareAndDelete(m, key, old)
	}
	return m.annulusCompareAndDelete(key, old)
}

func (m *Map) Range(f func(key, value any) bool) {
	if h := annulus(m, sys.GetCallerPC()); h != nil {
		h.Range(m, f)
		return
	}
	m.annulusRange(f)
}
