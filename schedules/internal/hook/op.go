package hook

// Op is the kind of an operation.
type Op uint8

// The operations. Those up to PoolPut are always enabled, and read or change
// their object as a whole.
const (
	None Op = iota
	Load
	Store
	Swap
	CompareAndSwap
	Add
	And
	Or

	MapLoad
	MapStore
	MapSwap
	MapCompareAndSwap
	MapLoadOrStore
	MapLoadAndDelete
	MapCompareAndDelete
	MapClear
	MapRange // one step of it
	PoolGet
	PoolPut

	Lock      // enabled while nobody holds the mutex
	TryLock   // a mutex, or the write lock of a readers-writer lock
	Unlock    // a mutex, or the write lock of a readers-writer lock
	Announce  // a writer excludes new readers; enabled while no writer does
	WriteLock // the announced writer goes in; enabled once no reader is inside
	RLock     // enabled while no writer holds or has announced itself
	TryRLock
	RUnlock

	WaitGroupAdd
	WaitGroupWait // enabled while the counter is zero
	OnceDo        // enabled while no call of the function is in progress
	CondWait      // joins the waiters
	CondAwake     // enabled once signalled
	CondSignal
	CondBroadcast

	ChanSend   // sends, or joins the senders that wait
	ChanRecv   // receives, or joins the receivers that wait
	ChanSelect // performs one of its cases, or waits for all of them
	ChanPoll   // performs one of its cases, or none
	ChanAwait  // enabled once the operation is complete
	ChanClose
	ChanLen

	Sleep // enabled once the clock has come so far
	TimerStop
	TimerReset
	TimerFire // one that is due; it is picked if there are several
	ClockTick // the clock goes on to the next deadline

	Gosched
	Choose // the program asks for a choice, which is a Pick
	Pick   // a choice that is not between tasks

	// The remaining operations belong to the scheduler itself.

	WaitAll // enabled once all other tasks have finished
	Invoke
	Return
	Finish
)

// Type is the type of the object that an operation works on.
type Type uint8

// Integer reports whether objects of the type hold an integer.
func (t Type) Integer() bool { return t >= Int32 && t <= Uintptr }

// The types of objects.
const (
	NoType Type = iota
	Bool
	Int32
	Int64
	Uint32
	Uint64
	Uintptr
	Pointer
	Value
	Map
	Pool
	Mutex
	RWMutex
	WaitGroup
	Once
	Cond
	Plain // memory that is no synchronisation object
	Chan
	Timer

	Types = iota // the number of types
)
