//go:build gc && !race && !go1.27

package sync

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

// word returns what Lock and Unlock take for the state of the lock.
func word(m *sync.Mutex) int32 { return atomic.LoadInt32((*int32)(unsafe.Pointer(m))) }

// The standard lock's first word is what Lock and Unlock take it for, and is neither of
// their values where somebody waits.
func TestTheWordOfTheStandardMutex(t *testing.T) {
	typ := reflect.TypeFor[sync.Mutex]()
	for typ.Kind() == reflect.Struct {
		for i := 0; ; i++ {
			if field := typ.Field(i); field.Type.Size() > 0 {
				if field.Offset != 0 {
					t.Fatalf("%v does not begin with its first field", typ)
				}
				typ = field.Type
				break
			}
		}
	}
	if typ.Kind() != reflect.Int32 {
		t.Fatalf("the first word is a %v", typ)
	}
	var m sync.Mutex
	is := func(want int32) {
		t.Helper()
		if got := word(&m); got != want {
			t.Fatalf("the word is %d, expected %d", got, want)
		}
	}
	is(unlocked)
	m.Lock()
	is(locked)
	m.Unlock()
	is(unlocked)
	if !m.TryLock() {
		t.Fatal("cannot be locked")
	}
	is(locked)
	var waiter sync.WaitGroup
	waiter.Go(func() {
		m.Lock()
		m.Unlock()
	})
	for word(&m) == locked { // until the other waits
		runtime.Gosched()
	}
	if got := word(&m); got == unlocked {
		t.Fatalf("the word is %d while it is locked and somebody waits", got)
	}
	m.Unlock()
	waiter.Wait()
	is(unlocked)
}

// The short way and the standard functions exclude each other, and lose no wakeup.
func TestTheShortWayIsTheStandardLock(t *testing.T) {
	const goroutines, rounds = 8, 20_000
	var m Mutex
	var n int // what m protects
	var all sync.WaitGroup
	for i := range goroutines {
		all.Go(func() {
			for k := range rounds {
				lock, unlock := m.Lock, m.Unlock
				if i%2 == 0 {
					lock = m.m.Lock
				}
				if (i+k)%3 == 0 {
					unlock = m.m.Unlock
				}
				lock()
				n++
				if k%64 == 0 {
					runtime.Gosched() // with the lock, so that others have to wait
				}
				unlock()
			}
		})
	}
	all.Wait()
	if n != goroutines*rounds || word(&m.m) != unlocked {
		t.Fatalf("%d increments were counted of %d, and the word is %d", n, goroutines*rounds, word(&m.m))
	}
}
