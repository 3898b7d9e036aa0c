package bugs

import "annulus/schedules"

// Bug is a bug of another project.
type Bug struct {
	// Name is unique, in lower case with hyphens.
	Name string

	// Project is where the bug was, Link the public report.
	Project, Link string

	// About tells in two sentences what goes wrong and what repairs it.
	About string

	// Class is how the broken program fails.
	Class schedules.Class

	// Incomplete tells why the repaired program cannot be explored completely by
	// default, "" if it can.
	Incomplete string

	// Hard means that the default budget does not suffice to find it every time.
	Hard bool

	// Program is the body of an exploration.
	Program func(s *schedules.S, repaired bool)
}

// Broken returns the program that has the bug.
func (b *Bug) Broken() func(s *schedules.S) {
	return func(s *schedules.S) { b.Program(s, false) }
}

// Repaired returns the program that does not.
func (b *Bug) Repaired() func(s *schedules.S) {
	return func(s *schedules.S) { b.Program(s, true) }
}

// All returns the catalogue, always in the same order.
func All() []Bug {
	return []Bug{
		goMapCompareAndSwap,
		goCondBroadcast,
		goSemaphoreCancel,
		jdkDequePollFirst,
		jdkStringBufferAppend,
		crossbeamUninitialised,
		crossbeamLeak,
		crossbeamDoubleFree,
		hashmapLostAdd,
		skipmapDeadNode,
		xsyncLostUpdate,
		xsyncMissedResize,
		argobotsABA,
		mobyLockOrder,
		cockroachRecursiveRead,
		kmutexSignal,
		kueueMissedBroadcast,
		chihayaLateAdd,
		cloudipDoubleCheck,
		bluetoothStop,
		circularBuffer,
		reorder5,
		reorder10,
		twoStage,
		safeStackABA,
	}
}
