//go:build annulus_overlay

package selftest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math/rand"
	randv2 "math/rand/v2"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// both runs two functions, each on a goroutine of its own, and waits for them.
func both(f, g func()) {
	done := make(chan struct{})
	for _, f := range []func(){f, g} {
		go func() {
			f()
			done <- struct{}{}
		}()
	}
	<-done
	<-done
}

// numbers is text that goroutines append to, each in its turn.
type numbers struct {
	mu   sync.Mutex
	list []string
}

func (n *numbers) add(x any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, fmt.Sprint(x))
}

func (n *numbers) String() string { return strings.Join(n.list, " ") }

func TestMutex(t *testing.T) {
	var n numbers
	both(func() { n.add(1) }, func() { n.add(2) })
	t.Log(n.String())
}

func TestTryLock(t *testing.T) {
	var mu sync.Mutex
	locked := false
	both(func() {
		mu.Lock()
		mu.Unlock()
	}, func() {
		if locked = mu.TryLock(); locked {
			mu.Unlock()
		}
	})
	t.Log(locked)
}

func TestRWMutex(t *testing.T) {
	var mu sync.RWMutex
	n, seen := 0, 0
	both(func() {
		mu.Lock()
		n++
		mu.Unlock()
	}, func() {
		mu.RLock()
		seen = n
		mu.RUnlock()
	})
	t.Log(seen)
}

func TestTyped(t *testing.T) {
	var n atomic.Int64
	add := func() { n.Store(n.Load() + 1) }
	both(add, add)
	t.Log(n.Load())
}

func TestUntyped(t *testing.T) {
	var n uint32
	add := func() { atomic.StoreUint32(&n, atomic.LoadUint32(&n)+1) }
	both(add, add)
	t.Log(atomic.LoadUint32(&n))
}

func TestMethodValue(t *testing.T) {
	var n atomic.Int32
	load, store := n.Load, n.Store
	var swapper interface{ CompareAndSwap(int32, int32) bool } = &n
	both(func() { store(load() + 1) }, func() {
		for {
			if v := load(); swapper.CompareAndSwap(v, v+1) {
				break
			}
		}
	})
	t.Log(n.Load())
}

// Method values of locks and groups are the program's, whoever calls them.
func TestLibraryCalls(t *testing.T) {
	var n numbers
	var group, other sync.WaitGroup
	var once sync.Once
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	group.Add(3)
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, group.Done)
	done := group.Done
	go done()
	go once.Do(group.Done)
	mu.Lock()
	time.AfterFunc(time.Millisecond, c.Broadcast)
	c.Wait()
	mu.Unlock()
	go cancel()
	group.Wait()
	other.Add(1)
	group.Go(other.Done)
	other.Wait()
	both(func() { n.add(1) }, func() { n.add(2) })
	t.Log(n.String())
}

func TestPointer(t *testing.T) {
	a, b := "a", "b"
	var p atomic.Pointer[string]
	var q unsafe.Pointer
	both(func() {
		p.Store(&a)
		atomic.StorePointer(&q, unsafe.Pointer(&a))
	}, func() {
		p.Swap(&b)
		atomic.SwapPointer(&q, unsafe.Pointer(&b))
	})
	if q == nil {
		t.Error("no pointer")
	}
	t.Log(*p.Load())
}

func TestValue(t *testing.T) {
	var v atomic.Value
	both(func() { v.Store("a") }, func() { v.Store("b") })
	t.Log(v.Load())
}

func TestCond(t *testing.T) {
	var n numbers
	turn := sync.NewCond(&n.mu)
	started := 0
	wait := func(x any) func() {
		return func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			if started++; started == 2 {
				turn.Broadcast()
			}
			for started < 2 {
				turn.Wait()
			}
			n.list = append(n.list, fmt.Sprint(x))
		}
	}
	both(wait(1), wait(2))
	t.Log(n.String())
}

func TestOnce(t *testing.T) {
	var once sync.Once
	var n numbers
	both(func() { once.Do(func() { n.add(1) }) }, func() { once.Do(func() { n.add(2) }) })
	t.Log(n.String())
}

func TestOnceFunc(t *testing.T) {
	var next atomic.Int32
	mine := sync.OnceValue(func() int32 { return next.Load() })
	var got int32
	both(func() {
		next.Store(1)
		mine()
	}, func() {
		next.Store(2)
		mine()
	})
	got = mine()
	t.Log(got)
}

func TestMap(t *testing.T) {
	var m sync.Map
	both(func() { m.LoadOrStore("x", 1) }, func() { m.LoadOrStore("x", 2) })
	n := 0
	m.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Error("visited", n)
	}
	v, _ := m.Load("x")
	t.Log(v)
}

func TestPool(t *testing.T) {
	pool := sync.Pool{New: func() any { return "fresh" }}
	pool.Put("used")
	t.Log(pool.Get())
}

func TestWaitGroupGo(t *testing.T) {
	var n atomic.Int32
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { n.Store(n.Load() + 1) })
	}
	all.Wait()
	t.Log(n.Load())
}

func TestUnbuffered(t *testing.T) {
	c := make(chan int)
	for i := range 2 {
		go func() { c <- i + 1 }()
	}
	t.Log(<-c, <-c)
}

func TestBuffered(t *testing.T) {
	c := make(chan int, 2)
	both(func() { c <- 1 }, func() { c <- 2 })
	t.Log(<-c, <-c)
}

func TestClose(t *testing.T) {
	c := make(chan int, 1)
	stop := make(chan bool)
	go func() {
		select {
		case c <- 1:
		case <-stop:
		}
		close(c)
	}()
	close(stop)
	v, ok := <-c
	t.Log(v, ok)
}

func TestLen(t *testing.T) {
	c := make(chan int, 2)
	n := 0
	both(func() { c <- 1; c <- 2 }, func() { n = len(c) })
	t.Log(n)
}

func TestSelect(t *testing.T) {
	a, b := make(chan string, 1), make(chan string, 1)
	a <- "a"
	b <- "b"
	select {
	case x := <-a:
		t.Log(x)
	case x := <-b:
		t.Log(x)
	}
}

func TestDefault(t *testing.T) {
	c := make(chan int)
	done := make(chan string)
	go func() {
		select {
		case <-c:
			done <- "some"
		default:
			done <- "none"
		}
	}()
	for {
		select {
		case c <- 1:
		case x := <-done:
			t.Log(x)
			return
		}
	}
}

func TestSendOnClosed(t *testing.T) {
	c := make(chan int, 1)
	outcome := "sent"
	both(func() { close(c) }, func() {
		defer func() {
			if recover() != nil {
				outcome = "panic"
			}
		}()
		c <- 1
	})
	t.Log(outcome)
}

func TestReflectSelect(t *testing.T) {
	a, b := make(chan string, 1), make(chan string, 1)
	both(func() { a <- "a" }, func() { b <- "b" })
	_, v, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(a)},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(b)},
	})
	t.Log(v)
}

func TestRange(t *testing.T) {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range 3 {
			c <- i
		}
	}()
	sum := 0
	for v := range c {
		sum += v
	}
	t.Log(sum)
}

func TestGosched(t *testing.T) {
	var n, seen atomic.Int32
	both(func() { n.Store(1) }, func() {
		runtime.Gosched()
		seen.Store(n.Load())
	})
	t.Log(seen.Load())
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go close(done)
	go cancel()
	select {
	case <-ctx.Done():
		t.Log(ctx.Err())
	case <-done:
		t.Log("done")
	}
}

func TestPipe(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		io.WriteString(w, "hello")
		w.Close()
	}()
	text, _ := io.ReadAll(r)
	t.Log(string(text))
}

func TestSubtests(t *testing.T) {
	var n numbers
	t.Run("group", func(t *testing.T) {
		for i := range 2 {
			t.Run("same", func(t *testing.T) {
				t.Parallel()
				n.add(i + 1)
			})
		}
	})
	t.Log(n.String())
}

func TestCleanup(t *testing.T) {
	var n numbers
	t.Cleanup(func() { t.Log(n.String()) })
	t.Cleanup(func() { n.add("cleanup") })
	if t.TempDir() == "" || t.Context().Err() != nil {
		t.Error("no directory, or no context")
	}
	n.add("body")
}

func TestIterPull(t *testing.T) {
	var n atomic.Int32
	add := func() {
		next, stop := iter.Pull(func(yield func(int32) bool) {
			yield(n.Load())
		})
		defer stop()
		v, _ := next()
		n.Store(v + 1)
	}
	both(add, add)
	t.Log(n.Load())
}

func TestRandom(t *testing.T) {
	order := func() string {
		m := map[int]bool{}
		for i := range 8 {
			m[i] = true
		}
		var b strings.Builder
		for k := range m {
			fmt.Fprint(&b, k)
		}
		fmt.Fprint(&b, rand.Int(), randv2.Int())
		return b.String()
	}
	var n atomic.Int32
	var a, b string
	both(func() { a = order(); n.Add(int32(len(a)) % 2) }, func() { b = order(); n.Add(int32(len(b)) % 2) })
	t.Log("same")
}

// What the standard library does for itself is no step.
func TestOfItsOwn(t *testing.T) {
	work := func() {
		_ = fmt.Sprint(1, "x")
		json.Marshal(map[string]int{"a": 1})
		regexp.MustCompile("a+").MatchString("aaa")
		_ = bytes.NewBufferString("x").String()
		runtime.GC()
	}
	both(work, work)
	t.Log("quiet")
}

func TestGoexit(t *testing.T) {
	done := make(chan string)
	go func() {
		defer func() { done <- "left" }()
		runtime.Goexit()
	}()
	t.Log(<-done)
}

func TestSleep(t *testing.T) {
	var n numbers
	both(func() { time.Sleep(2 * time.Millisecond); n.add(2) }, func() { time.Sleep(time.Millisecond); n.add(1) })
	t.Log(n.String())
}

func TestSameTime(t *testing.T) {
	var n numbers
	both(func() { time.Sleep(time.Millisecond); n.add(2) }, func() { time.Sleep(time.Millisecond); n.add(1) })
	t.Log(n.String())
}

func TestTimeout(t *testing.T) {
	work := make(chan string, 1)
	go func() {
		time.Sleep(time.Millisecond)
		work <- "work"
	}()
	select {
	case x := <-work:
		t.Log(x)
	case <-time.After(time.Millisecond):
		t.Log("timeout")
	}
}

func TestAfterFunc(t *testing.T) {
	done := make(chan struct{})
	timer := time.AfterFunc(time.Millisecond, func() { close(done) })
	time.Sleep(time.Millisecond)
	if timer.Stop() {
		t.Log("stopped")
		return
	}
	<-done
	t.Log("fired")
}

func TestTicker(t *testing.T) {
	begun := time.Now()
	ticker := time.NewTicker(time.Second)
	for range 3 {
		<-ticker.C
	}
	ticker.Stop()
	t.Log(time.Since(begun))
}

func TestDeadline(t *testing.T) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	<-ctx.Done()
	t.Log(ctx.Err(), time.Since(begun))
}
