//go:build annulus_overlay

package runtime

import (
	"internal/abi"
	"internal/runtime/sys"
	"unsafe"
)

// This file is added to package runtime. It has the functions whose originals the overlay
// has renamed: what comes from a task in the program is handed to the scheduler, and
// everything else to the original.

// AnnulusTask is the goroutine whose operations are steps of an execution, 0 if there is
// none. Only that goroutine changes it, and the scheduler while it is at work for it.
var AnnulusTask uintptr

// AnnulusCase is one case of an operation on channels, laid out as the scheduler's.
type AnnulusCase struct {
	Ch   unsafe.Pointer
	Send bool
	Box  unsafe.Pointer // a copy of the value that is sent
}

// How an operation on channels has ended, as the scheduler numbers it.
const (
	annulusSent = iota
	annulusReceived
	annulusDrained
	annulusNoneReady
	annulusIsClosed
	annulusDying
)

// Annulus are the scheduler's functions, which are set before AnnulusTask is. They are
// called by the task.
var Annulus struct {
	Cases      func(n int) []AnnulusCase // which the next call of Channel takes
	Channel    func(cases []AnnulusCase, block bool) (chosen int, how uint8, box unsafe.Pointer)
	Close      func(ch unsafe.Pointer) (live bool)
	Len        func(ch unsafe.Pointer) int
	Go         func(f func())
	Gosched    func()
	HandOver   func(g uintptr) // the task goes on on another goroutine
	Sleep      func(ns int64)
	Now        func() int64
	StartTimer func(t, ch unsafe.Pointer, when, period int64, f func(any, uintptr, int64), arg any)
	StopTimer  func(t unsafe.Pointer) (pending, known bool)
	ResetTimer func(t unsafe.Pointer, when, period int64) (pending, known bool)

	Unexplorable func(why string) // ends the execution, and does not return
	Accessed     func()           // takes the accesses of the task, of which there are many
}

// AnnulusG identifies the calling goroutine.
func AnnulusG() uintptr { return uintptr(unsafe.Pointer(getg())) }

// AnnulusStep reports whether operations of the caller are steps.
func AnnulusStep() bool { return AnnulusTask == uintptr(unsafe.Pointer(getg())) }

// Channels. A value that is sent is boxed, since the stack of a suspended task may move.

func annulusBox(c *hchan, ep unsafe.Pointer) unsafe.Pointer {
	if c == nil {
		return nil
	}
	box := mallocgc(c.elemtype.Size_, c.elemtype, true)
	typedmemmove(c.elemtype, box, ep)
	return box
}

// annulusUnbox puts the value that was received, or the zero value, where it is to go.
func annulusUnbox(c *hchan, ep, box unsafe.Pointer) {
	switch {
	case ep == nil:
	case box == nil:
		typedmemclr(c.elemtype, ep)
	default:
		typedmemmove(c.elemtype, ep, box)
	}
}

func chansend(c *hchan, ep unsafe.Pointer, block bool, callerpc uintptr) bool {
	if !AnnulusStep() {
		return annulusChansend(c, ep, block, callerpc)
	}
	box := annulusBox(c, ep)
	cases := Annulus.Cases(1)
	cases[0] = AnnulusCase{unsafe.Pointer(c), true, box}
	_, how, _ := Annulus.Channel(cases, block)
	if how == annulusIsClosed {
		return annulusChansend(c, ep, false, callerpc) // panics
	}
	return how == annulusSent
}

func chanrecv(c *hchan, ep unsafe.Pointer, block bool) (selected, received bool) {
	if !AnnulusStep() {
		return annulusChanrecv(c, ep, block)
	}
	cases := Annulus.Cases(1)
	cases[0] = AnnulusCase{Ch: unsafe.Pointer(c)}
	_, how, box := Annulus.Channel(cases, block)
	if how != annulusReceived && how != annulusDrained {
		return false, false
	}
	annulusUnbox(c, ep, box)
	return true, how == annulusReceived
}

func closechan(c *hchan) {
	if c != nil && AnnulusStep() && !Annulus.Close(unsafe.Pointer(c)) {
		return
	}
	annulusClosechan(c)
}

func chanlen(c *hchan) int {
	if c != nil && AnnulusStep() {
		return Annulus.Len(unsafe.Pointer(c))
	}
	return annulusChanlen(c)
}

func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) (int, bool) {
	if !AnnulusStep() {
		return annulusSelectgo(cas0, order0, pc0, nsends, nrecvs, block)
	}
	n := nsends + nrecvs
	scases := (*[1 << 16]scase)(unsafe.Pointer(cas0))[:n:n]
	cases := Annulus.Cases(n)
	for i, s := range scases {
		cases[i] = AnnulusCase{Ch: unsafe.Pointer(s.c), Send: i < nsends}
		if i < nsends {
			cases[i].Box = annulusBox(s.c, s.elem)
		}
	}
	chosen, how, box := Annulus.Channel(cases, block)
	if chosen < 0 {
		return -1, false
	}
	s := &scases[chosen]
	switch how {
	case annulusIsClosed:
		annulusChansend(s.c, s.elem, false, 0) // panics
	case annulusReceived, annulusDrained:
		annulusUnbox(s.c, s.elem, box)
	}
	return chosen, how == annulusReceived
}

func block() {
	if AnnulusStep() {
		Annulus.Channel(nil, true)
		return // it is being unwound
	}
	annulusBlock()
}

// AnnulusChannel returns the number of values in the channel's buffer, its size and
// whether it is closed.
func AnnulusChannel(ch unsafe.Pointer) (length, size int, closed bool) {
	c := (*hchan)(ch)
	return int(c.qcount), int(c.dataqsiz), c.closed != 0
}

// AnnulusWaits reports whether a goroutine waits at the channel in the runtime, where no task
// ever does.
func AnnulusWaits(ch unsafe.Pointer) bool {
	c := (*hchan)(ch)
	return c != nil && (c.recvq.first != nil || c.sendq.first != nil)
}

// AnnulusPut appends the value in the box to the channel's buffer, which has room.
func AnnulusPut(ch, box unsafe.Pointer) {
	c := (*hchan)(ch)
	typedmemmove(c.elemtype, chanbuf(c, c.sendx), box)
	if c.sendx++; c.sendx == c.dataqsiz {
		c.sendx = 0
	}
	c.qcount++
}

// AnnulusTake removes the first value from the channel's buffer, which has one.
func AnnulusTake(ch unsafe.Pointer) (box unsafe.Pointer) {
	c := (*hchan)(ch)
	box = annulusBox(c, chanbuf(c, c.recvx))
	typedmemclr(c.elemtype, chanbuf(c, c.recvx))
	if c.recvx++; c.recvx == c.dataqsiz {
		c.recvx = 0
	}
	c.qcount--
	return box
}

// AnnulusValue returns the value in a box, for people.
func AnnulusValue(ch, box unsafe.Pointer) any {
	t := (*hchan)(ch).elemtype
	if t.Kind() == abi.Interface {
		if len((*interfacetype)(unsafe.Pointer(t)).Methods) == 0 {
			return *(*any)(box)
		}
		i := (*iface)(box)
		if i.tab == nil {
			return nil
		}
		e := eface{i.tab.Type, i.data}
		return *(*any)(unsafe.Pointer(&e))
	}
	e := eface{t, box}
	if t.IsDirectIface() {
		e.data = *(*unsafe.Pointer)(box)
	}
	return *(*any)(unsafe.Pointer(&e))
}

// Goroutines.

func newproc(fn *funcval) {
	if fn == nil || !AnnulusStep() || annulusOwn(fn) {
		annulusNewproc(fn)
		return
	}
	Annulus.Go(*(*func())(unsafe.Pointer(&fn)))
}

// annulusOwn reports whether the function belongs to the runtime, which starts
// goroutines of its own when a task needs something of it for the first time.
func annulusOwn(fn *funcval) bool {
	return annulusOfRuntime(funcname(findfunc(fn.fn)))
}

// gcBgMarkStartWorkers starts goroutines of the runtime, and waits for them on a channel,
// perhaps in a task that needs memory.
func gcBgMarkStartWorkers() {
	if task := AnnulusTask; AnnulusStep() {
		AnnulusTask = 0
		annulusGcBgMarkStartWorkers()
		AnnulusTask = task
		return
	}
	annulusGcBgMarkStartWorkers()
}

// Gosched is the function of that name, and a step where a task calls it.
func Gosched() {
	if AnnulusStep() && !annulusWithin(sys.GetCallerPC()) {
		Annulus.Gosched()
		return
	}
	annulusGosched()
}

// annulusWithin reports whether the runtime itself calls from pc.
func annulusWithin(pc uintptr) bool { return annulusOfRuntime(funcname(findfunc(pc))) }

func annulusOfRuntime(function string) bool {
	const own = "runtime."
	return len(function) >= len(own) && function[:len(own)] == own
}

// A coroutine, as of iter.Pull, is a part of the task that has switched to it.

func coroswitch(c *coro) {
	annulusHandOver(c)
	annulusCoroswitch(c)
}

func coroexit(c *coro) {
	annulusHandOver(c)
	annulusCoroexit(c)
}

// annulusHandOver has the goroutine that is blocked on c be the task in place of the
// calling one.
func annulusHandOver(c *coro) {
	if AnnulusStep() {
		AnnulusTask = uintptr(c.gp)
		Annulus.HandOver(AnnulusTask)
	}
}

// LockOSThread is the function of that name. Which thread a task is on does not matter to
// Go code, and tasks change theirs together.
func LockOSThread() {
	if !AnnulusStep() {
		annulusLockOSThread()
	}
}

// UnlockOSThread is the function of that name.
func UnlockOSThread() {
	if !AnnulusStep() {
		annulusUnlockOSThread()
	}
}

func synctestRun(f func()) {
	if AnnulusStep() {
		Annulus.Unexplorable("it uses testing/synctest, which has a scheduler and a clock of its own")
		return
	}
	annulusSynctestRun(f)
}

// Time.

func timeSleep(ns int64) {
	if ns > 0 && AnnulusStep() {
		Annulus.Sleep(ns)
		return
	}
	annulusTimeSleep(ns)
}

// annulusEpoch is where the clock of an execution begins: midnight UTC of the first day of
// the year 2000, as in testing/synctest.
const annulusEpoch = 946684800_000_000_000

func time_runtimeNow() (sec int64, nsec int32, mono int64) {
	if AnnulusStep() {
		ns := annulusEpoch + Annulus.Now()
		return ns / 1e9, int32(ns % 1e9), 0
	}
	return annulusTime_runtimeNow()
}

func time_runtimeNano() int64 {
	if AnnulusStep() {
		return annulusEpoch + Annulus.Now()
	}
	return annulusTime_runtimeNano()
}

func newTimer(when, period int64, f func(arg any, seq uintptr, delay int64), arg any, c *hchan) *timeTimer {
	if !AnnulusStep() {
		return annulusNewTimer(when, period, f, arg, c)
	}
	t := new(timeTimer)
	t.timer.init(nil, nil)
	t.init = true
	Annulus.StartTimer(unsafe.Pointer(t), unsafe.Pointer(c), when-annulusEpoch, period, f, arg)
	return t
}

func stopTimer(t *timeTimer) bool {
	if AnnulusStep() {
		if pending, known := Annulus.StopTimer(unsafe.Pointer(t)); known {
			return pending
		}
	}
	return annulusStopTimer(t)
}

func resetTimer(t *timeTimer, when, period int64) bool {
	if AnnulusStep() {
		if pending, known := Annulus.ResetTimer(unsafe.Pointer(t), when-annulusEpoch, period); known {
			return pending
		}
	}
	return annulusResetTimer(t, when, period)
}

// Random numbers: the order in which maps are visited, and those of math/rand. Each task
// has a sequence of its own, which depends on the seed and on who started it.

// AnnulusSeed begins the random numbers of the calling goroutine while it is a task.
func AnnulusSeed(seed uint64) { getg().annulusRandom = seed }

// AnnulusFork returns a seed for a task that the calling one starts.
func AnnulusFork() uint64 { return annulusNext() }

//go:nosplit
func annulusNext() uint64 {
	gp := getg()
	gp.annulusRandom += 0x9e3779b97f4a7c15
	x := gp.annulusRandom
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

//go:nosplit
func rand() uint64 {
	if AnnulusStep() {
		return annulusNext()
	}
	return annulusRand()
}
