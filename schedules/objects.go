package schedules

import (
	"unsafe"

	"annulus/schedules/internal/hook"
)

// object is what an execution knows about one drop-in value.
type object struct {
	at     unsafe.Pointer // keeps the value alive, so that its address stays its own
	id     int32          // its number in the order of first touches
	typ    hook.Type      // NoType until the first operation, if it was named before
	name   string         // given by the program, or ""
	number int32          // its number among the unnamed objects of its type

	// version counts what can concern a task that waits for the object to
	// change: changes of an atomic's value, releases of a lock.
	version uint64

	users TaskSet // the tasks that have used it, as far as that is of interest, see uses

	state cell // who accessed it
	inner cell // who accessed the readers' count of a readers-writer lock

	writer  *task   // holder of a mutex; of a readers-writer lock the announced or admitted writer; in a Once the running caller
	inside  bool    // the writer has been admitted
	readers int32   // readers inside a readers-writer lock
	held    []int32 // by the number of a task: the read locks that it has taken and not given back
	lent    bool    // a task has given back a read lock that another had taken
	count   int32   // counter of a wait group
	tickets int32   // waits begun on a condition variable
	channel *channel
	timer   *timer
}

// hold adds to the read locks of the task.
func (o *object) hold(t *task, locks int32) {
	for len(o.held) <= t.id {
		o.held = append(o.held, 0)
	}
	o.held[t.id] += locks
}

// holds reports whether the task has a read lock that it has taken itself.
func (o *object) holds(t *task) bool { return t.id < len(o.held) && o.held[t.id] > 0 }

// objects maps addresses to the objects that the current execution has touched,
// in the order of their first touch. Resetting it is constant work: the slots of
// earlier executions carry an older epoch.
type objects struct {
	slots []slot // open addressing, a power of two of them, at most half full
	epoch uint32
	all   []*object // all[:n] belong to the current execution
	n     int
	typed [hook.Types]int32 // how many objects of each type have been numbered
}

type slot struct {
	address uintptr
	epoch   uint32
	index   int32
}

func (os *objects) reset() {
	os.n = 0
	clear(os.typed[:])
	os.epoch++
	if os.epoch == 0 || os.slots == nil {
		os.slots = make([]slot, max(64, len(os.slots)))
		os.epoch = 1
	}
}

// get returns the object at p, which it adds at its first touch.
func (os *objects) get(p unsafe.Pointer, typ hook.Type) *object {
	mask := uintptr(len(os.slots) - 1)
	for i := spread(uintptr(p)) & mask; ; i = (i + 1) & mask {
		s := &os.slots[i]
		if s.epoch != os.epoch {
			return os.add(s, p, typ)
		}
		if s.address == uintptr(p) {
			o := os.all[s.index]
			if o.typ == hook.NoType {
				o.typ = typ
				if o.name == "" {
					os.typed[typ]++
					o.number = os.typed[typ]
				}
			}
			return o
		}
	}
}

func (os *objects) add(s *slot, p unsafe.Pointer, typ hook.Type) *object {
	os.typed[typ]++
	*s = slot{address: uintptr(p), epoch: os.epoch, index: int32(os.n)}
	o := os.nameless()
	o.at, o.typ, o.number = p, typ, os.typed[typ]
	if 2*os.n > len(os.slots) {
		os.grow()
	}
	return o
}

// nameless adds an object that nobody finds by its address: a part of another one.
func (os *objects) nameless() *object {
	if os.n == len(os.all) {
		os.all = append(os.all, new(object))
	}
	o := os.all[os.n]
	*o = object{
		held: o.held[:0], id: int32(os.n),
		state: cell{index: int32(2*os.n + 1)}, inner: cell{index: int32(2*os.n + 2)},
	}
	os.n++
	return o
}

func (os *objects) grow() {
	os.slots = make([]slot, 2*len(os.slots))
	mask := uintptr(len(os.slots) - 1)
	for index, o := range os.all[:os.n] {
		if o.at == nil {
			continue
		}
		i := spread(uintptr(o.at)) & mask
		for os.slots[i].epoch == os.epoch {
			i = (i + 1) & mask
		}
		os.slots[i] = slot{address: uintptr(o.at), epoch: os.epoch, index: int32(index)}
	}
}

// spread distributes addresses, whose low bits hardly differ, over the slots.
func spread(address uintptr) uintptr {
	return uintptr(uint64(address) * 0x9e3779b97f4a7c15 >> 32)
}
