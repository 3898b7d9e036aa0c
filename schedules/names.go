package schedules

import (
	"cmp"
	"strconv"

	"annulus/schedules/internal/hook"
)

// opNames are the operations' names in schedules and traces.
var opNames = [...]string{
	hook.None:                "start",
	hook.Load:                "Load",
	hook.Store:               "Store",
	hook.Swap:                "Swap",
	hook.CompareAndSwap:      "CompareAndSwap",
	hook.Add:                 "Add",
	hook.And:                 "And",
	hook.Or:                  "Or",
	hook.MapLoad:             "Load",
	hook.MapStore:            "Store",
	hook.MapSwap:             "Swap",
	hook.MapCompareAndSwap:   "CompareAndSwap",
	hook.MapLoadOrStore:      "LoadOrStore",
	hook.MapLoadAndDelete:    "LoadAndDelete",
	hook.MapCompareAndDelete: "CompareAndDelete",
	hook.MapClear:            "Clear",
	hook.MapRange:            "Range",
	hook.PoolGet:             "Get",
	hook.PoolPut:             "Put",
	hook.Lock:                "Lock",
	hook.TryLock:             "TryLock",
	hook.Unlock:              "Unlock",
	hook.Announce:            "Announce",
	hook.WriteLock:           "WriteLock",
	hook.RLock:               "RLock",
	hook.TryRLock:            "TryRLock",
	hook.RUnlock:             "RUnlock",
	hook.WaitGroupAdd:        "Add",
	hook.WaitGroupWait:       "Wait",
	hook.OnceDo:              "Do",
	hook.CondWait:            "Wait",
	hook.CondAwake:           "Awake",
	hook.CondSignal:          "Signal",
	hook.CondBroadcast:       "Broadcast",
	hook.ChanSend:            "send",
	hook.ChanRecv:            "receive",
	hook.ChanSelect:          "select",
	hook.ChanPoll:            "poll",
	hook.ChanAwait:           "await",
	hook.ChanClose:           "close",
	hook.ChanLen:             "len",
	hook.Sleep:               "Sleep",
	hook.TimerStop:           "Stop",
	hook.TimerReset:          "Reset",
	hook.TimerFire:           "fire",
	hook.ClockTick:           "tick",
	hook.Gosched:             "Gosched",
	hook.Choose:              "Choose",
	hook.Pick:                "pick",
	hook.WaitAll:             "wait",
	hook.Invoke:              "invoke",
	hook.Return:              "return",
	hook.Finish:              "finish",
}

// shownName is what people call the operation: by the method in the source.
func shownName(op hook.Op) string {
	if op == hook.WaitAll {
		return "wait for all"
	}
	return cmp.Or(methods[opNames[op]], opNames[op])
}

// typeNames are the first halves of the names of objects.
var typeNames = [...]string{
	hook.NoType:    "object",
	hook.Bool:      "bool",
	hook.Int32:     "int32",
	hook.Int64:     "int64",
	hook.Uint32:    "uint32",
	hook.Uint64:    "uint64",
	hook.Uintptr:   "uintptr",
	hook.Pointer:   "pointer",
	hook.Value:     "value",
	hook.Map:       "map",
	hook.Pool:      "pool",
	hook.Mutex:     "mutex",
	hook.RWMutex:   "rwmutex",
	hook.WaitGroup: "waitgroup",
	hook.Once:      "once",
	hook.Cond:      "cond",
	hook.Plain:     "var",
	hook.Chan:      "chan",
	hook.Timer:     "timer",
}

// objectName names an object by its type and the order of first uses among the
// objects of that type, unless the program has named it.
func objectName(o *object) string {
	if o.name != "" {
		return o.name
	}
	return typeNames[o.typ] + "#" + strconv.Itoa(int(o.number))
}
