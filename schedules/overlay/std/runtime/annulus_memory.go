//go:build annulus_overlay

package runtime

import (
	"internal/abi"
	"internal/goarch"
	"internal/race"
	"internal/runtime/sys"
	"unsafe"
)

// This file is added to package runtime. It has the functions of which the compiler makes
// calls for loads and stores, where it is told to, and those that the runtime calls for what
// it does on behalf of the program.

// AnnulusAccess is a load or a store of plain memory. If others do it for the function that
// goes on at PC then it counts only if that function is watched.
type AnnulusAccess struct {
	Addr, Size, PC uintptr
	Write, Others  bool
}

// annulusAccesses are those of the running task since the scheduler has taken them, without
// those that say nothing new. AnnulusAccessed is how many they are.
var (
	annulusAccesses [512]AnnulusAccess
	AnnulusAccessed int
	annulusMost     = len(annulusAccesses)
	annulusTaken    uint32            // how often they were taken
	annulusSeen     [256]annulusSight // the last ones, by address
)

// annulusSight is an access since accesses were taken for the time-th time.
type annulusSight struct {
	addr, size uintptr
	time       uint32
	write      bool
}

// annulusWatch reports whether accesses are watched.
var annulusWatch bool

// AnnulusWatch has accesses be watched.
func AnnulusWatch(on bool) { annulusWatch, race.Annulus = on, on }

// AnnulusAccesses takes the accesses of the running task. They are valid until it goes on.
func AnnulusAccesses() []AnnulusAccess {
	list := annulusAccesses[:AnnulusAccessed]
	AnnulusAccessed = 0
	annulusTaken++
	return list
}

// AnnulusAtOnce has the task hand over its accesses when there are so many, or when there is
// no room for more if that is 0.
func AnnulusAtOnce(most int) {
	if annulusMost = most; most == 0 {
		annulusMost = len(annulusAccesses)
	}
}

// annulusSees notes an access if it is one of the running task. What is on that one's own
// stack nobody else can access.
//
//go:nosplit
func annulusSees(addr, size uintptr, write, own bool, pc uintptr) {
	gp := getg()
	if AnnulusTask != uintptr(unsafe.Pointer(gp)) || !annulusWatch || addr-gp.stack.lo < gp.stack.hi-gp.stack.lo || size == 0 {
		return
	}
	if pc-annulusHolding.low < annulusHolding.high-annulusHolding.low && annulusHolds(pc) {
		pc, own = annulusCaller(pc), true
	}
	if !own {
		s := &annulusSeen[(addr>>3^addr>>11)&255]
		if s.addr == addr && s.size >= size && s.time == annulusTaken && (s.write || !write) {
			return
		}
		*s = annulusSight{addr, size, annulusTaken, write}
	}
	annulusAccesses[AnnulusAccessed] = AnnulusAccess{addr, size, pc, write, own}
	AnnulusAccessed++
	if AnnulusAccessed >= annulusMost {
		Annulus.Accessed()
	}
}

// annulusText is where functions are.
type annulusText struct{ low, high uintptr }

// Packages that hold memory for others, who call them.
var (
	annulusHolders []annulusText // in order
	annulusHolding annulusText   // around all of them
)

// AnnulusHolders says which packages hold memory for others. What was made of generic code
// is in no package.
func AnnulusHolders(is func(function string) bool) {
	for m := &firstmoduledata; m != nil; m = m.next {
		for i := range m.ftab[:len(m.ftab)-1] {
			f := funcInfo{(*_func)(unsafe.Pointer(&m.pclntable[m.ftab[i].funcoff])), m}
			if !is(funcname(f)) {
				continue
			}
			text := annulusText{m.textAddr(m.ftab[i].entryoff), m.textAddr(m.ftab[i+1].entryoff)}
			if n := len(annulusHolders); n > 0 && annulusHolders[n-1].high == text.low {
				annulusHolders[n-1].high = text.high
			} else {
				annulusHolders = append(annulusHolders, text)
			}
		}
	}
	if n := len(annulusHolders); n > 0 {
		annulusHolding = annulusText{annulusHolders[0].low, annulusHolders[n-1].high}
	}
}

//go:nosplit
func annulusHolds(pc uintptr) bool {
	low, high := 0, len(annulusHolders)
	for low < high {
		middle := (low + high) / 2
		if t := annulusHolders[middle]; pc < t.low {
			high = middle
		} else if pc >= t.high {
			low = middle + 1
		} else {
			return true
		}
	}
	return false
}

// annulusDepth is how far calls are followed to who has called one of the holders.
const annulusDepth = 64

// annulusCaller returns where the function goes on that has called the holders, the innermost of
// which goes on at pc; 0 if it is not found.
//
//go:nosplit
func annulusCaller(pc uintptr) uintptr {
	met := false
	fp := getfp()
	for i := 0; i < annulusDepth && fp != 0; i++ {
		at := *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
		if met = met || at == pc; met && !annulusHolds(at) {
			return at
		}
		fp = *(*uintptr)(unsafe.Pointer(fp))
	}
	return 0
}

// What the compiler calls.

//go:nosplit
func raceread(addr uintptr) { annulusSees(addr, 1, false, false, sys.GetCallerPC()) }

//go:nosplit
func racewrite(addr uintptr) { annulusSees(addr, 1, true, false, sys.GetCallerPC()) }

//go:nosplit
func racereadrange(addr, size uintptr) { annulusSees(addr, size, false, false, sys.GetCallerPC()) }

//go:nosplit
func racewriterange(addr, size uintptr) { annulusSees(addr, size, true, false, sys.GetCallerPC()) }

//go:nosplit
func racefuncenter(callpc uintptr) {}

//go:nosplit
func racefuncexit() {}

// What the runtime calls for those who call it.

func racereadpc(addr unsafe.Pointer, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), 1, false, true, callerpc)
}

func racewritepc(addr unsafe.Pointer, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), 1, true, true, callerpc)
}

func racereadrangepc(addr unsafe.Pointer, size, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), size, false, true, callerpc)
}

func racewriterangepc(addr unsafe.Pointer, size, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), size, true, true, callerpc)
}

func raceReadObjectPC(t *_type, addr unsafe.Pointer, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), t.Size_, false, true, callerpc)
}

//go:linkname annulusMapRead internal/race.ReadPC
func annulusMapRead(addr unsafe.Pointer, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), 1, false, true, callerpc)
}

//go:linkname annulusMapWrite internal/race.WritePC
func annulusMapWrite(addr unsafe.Pointer, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), 1, true, true, callerpc)
}

//go:linkname annulusKeyRead internal/race.ReadObjectPC
func annulusKeyRead(t *abi.Type, addr unsafe.Pointer, callerpc, pc uintptr) {
	annulusSees(uintptr(addr), t.Size_, false, true, callerpc)
}

// AnnulusSwept changes whenever the collector begins to free memory.
func AnnulusSwept() uint32 { return mheap_.sweepgen }

// annulusEnough is the size of the heap at which it is collected between executions.
var annulusEnough uint64 = 64 << 20

// AnnulusCollect collects garbage if there is much. Within executions that is only done when
// memory runs short.
func AnnulusCollect() {
	if gcController.heapLive.Load() < annulusEnough {
		return
	}
	GC()
	annulusEnough = max(64<<20, 2*gcController.heapLive.Load())
}

// AnnulusGlobal reports whether the address is that of a variable of a package.
func AnnulusGlobal(at uintptr) bool {
	for m := &firstmoduledata; m != nil; m = m.next {
		if m.noptrdata <= at && at < m.enoptrbss {
			return true
		}
	}
	return false
}
