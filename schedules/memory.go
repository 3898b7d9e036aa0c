package schedules

import (
	"fmt"
	"runtime"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// memory finds races on plain memory that the program has not declared, see [races]: an
// overlay tells of its loads and stores. They are no steps. All accesses of a task between
// two steps happen at one time of its clock, so that it does not matter when, in between,
// the scheduler is told of them.
//
// What is known of a word, which has eight bytes, are accesses that together stand for all
// of the execution: who is not ordered with one that was forgotten is not ordered with one
// of these. As in FastTrack the next access takes the place of those that it knows and that
// are no more than it is: of the same bytes or fewer, and no writes if it is none.
//
// Addresses must be those of the same memory throughout an execution: where the collector
// may have given memory to somebody else, everything is forgotten.
type memory struct {
	words   []watchedWord // open addressing, a power of two of them, at most half full
	stamp   uint32        // of the execution, as words have it
	used    int
	swept   uint32 // how often the collector had begun to free memory
	partial bool   // something was not watched, or forgotten, in any execution
}

// watchedWord is what is known of eight bytes. It belongs to the execution with its stamp.
type watchedWord struct {
	number   uintptr // its address by 8
	stamp    uint32
	accesses []wordAccess
}

// wordAccess is a load or a store of some bytes of a word.
type wordAccess struct {
	pc     uintptr // behind it, 0 if it is not known
	where  *place  // nil if the execution is not recorded
	epoch          // when
	bytes  uint8   // one bit for each
	write  bool
	atomic bool
}

// maxWords bounds the words that are watched in an execution.
const maxWords = 1 << 18

func newMemory() *memory { return &memory{words: make([]watchedWord, 1<<10), stamp: 1} }

// reset forgets everything.
func (m *memory) reset() {
	m.used = 0
	if m.stamp++; m.stamp == 0 {
		m.words, m.stamp = make([]watchedWord, 1<<10), 1
	}
}

// at returns what is known of a word, nil if there are too many of them.
func (m *memory) at(number uintptr) *watchedWord {
	w := m.slot(number)
	if w.stamp == m.stamp {
		return w
	}
	if m.used == maxWords {
		m.partial = true
		return nil
	}
	if m.used++; 2*m.used > len(m.words) {
		m.grow()
		w = m.slot(number)
	}
	w.number, w.stamp, w.accesses = number, m.stamp, w.accesses[:0]
	return w
}

// slot returns where the word is, or where it is to be.
func (m *memory) slot(number uintptr) *watchedWord {
	mask := uintptr(len(m.words) - 1)
	for i := spread(number) & mask; ; i = (i + 1) & mask {
		if w := &m.words[i]; w.stamp != m.stamp || w.number == number {
			return w
		}
	}
}

func (m *memory) grow() {
	old := m.words
	m.words = make([]watchedWord, 2*len(old))
	for _, w := range old {
		if w.stamp == m.stamp {
			*m.slot(w.number) = w
		}
	}
}

// add adds an access by a task that knows of now. If there is one that it does not know,
// and that conflicts with it, that is returned.
func (w *watchedWord) add(a wordAccess, now clock) (earlier wordAccess, found bool) {
	kept := w.accesses[:0]
	stands := false // for a: there is one already
	for _, b := range w.accesses {
		known := now.knows(b.epoch)
		if !known && a.conflicts(b) {
			return b, true
		}
		if b.epoch == a.epoch && b.covers(a) {
			stands = true
		}
		if stands || !known || !a.covers(b) {
			kept = append(kept, b)
		}
	}
	if w.accesses = kept; !stands {
		w.accesses = append(kept, a)
	}
	return wordAccess{}, false
}

// conflicts reports whether the order of the two matters, and must be given by others.
func (a wordAccess) conflicts(b wordAccess) bool {
	return a.bytes&b.bytes != 0 && (a.write || b.write) && !(a.atomic && b.atomic)
}

// covers reports whether whatever conflicts with b conflicts with a.
func (a wordAccess) covers(b wordAccess) bool {
	return b.bytes&^a.bytes == 0 && (a.write || !b.write) && (!a.atomic || b.atomic)
}

// accesses accounts for an access of t to so many bytes.
func (e *engine) accesses(t *task, at, size uintptr, a wordAccess) {
	m, now := e.memory, e.races.tasks[t.id].now
	a.epoch = epoch{t.id, now[t.id]}
	if e.rec != nil {
		p := e.rec.placeOf(a.pc)
		a.where = &p
	}
	for end := at + size; at < end; {
		first := at & 7
		last := min(8, first+end-at)
		a.bytes = uint8(1<<last-1) &^ uint8(1<<first-1)
		if w := m.at(at >> 3); w != nil {
			if earlier, found := w.add(a, now); found {
				e.failWith(Race, t, e.memoryRace(at, earlier, a))
				return
			}
		}
		at += last - first
	}
}

// memoryRace says what races.
func (e *engine) memoryRace(at uintptr, a, b wordAccess) string {
	describe := func(a wordAccess) string {
		how := "read"
		if a.write {
			how = "written"
		}
		if a.atomic {
			how += " atomically"
		}
		where := a.where
		if where == nil {
			p := outside([]uintptr{a.pc})
			where = &p
		}
		text := how + " by " + e.label(e.tasks[a.task]) + where.at()
		if line := sourceLine(where.file, where.line); line != "" {
			text += " (" + line + ")"
		}
		return text
	}
	return fmt.Sprintf("plain memory%s is %s and %s, and nothing orders the two", kindOfMemory(at), describe(a), describe(b))
}

// placeOf is the place of an access: the innermost one of the program, if it is in the
// standard library and the task that has performed it is where it was.
func (r *recorder) placeOf(pc uintptr) place {
	if pc == 0 {
		return r.caller()
	}
	if p := outside([]uintptr{pc}); isWatched(p.function) {
		return p
	}
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		frame, more := frames.Next()
		if isWatched(frame.Function) {
			return place{frame.Function, frame.File, frame.Line}
		}
		if !more {
			return outside([]uintptr{pc})
		}
	}
}

// sweeps forgets everything if the collector has begun to free memory since the last call,
// and reports whether it has.
func (m *memory) sweeps(swept uint32) bool {
	if swept == m.swept {
		return false
	}
	m.swept, m.partial = swept, true
	m.reset()
	return true
}

// atomicSizes are those of objects whose operations access all of them.
var atomicSizes = [hook.Types]uintptr{
	hook.Bool: 4, hook.Int32: 4, hook.Int64: 8, hook.Uint32: 4, hook.Uint64: 8,
	hook.Uintptr: unsafe.Sizeof(uintptr(0)), hook.Pointer: unsafe.Sizeof(uintptr(0)),
}

// accessesAtomically accounts for an atomic operation of t, which is ordered with others of
// its kind, but not with a load or a store. One that leaves the value as it was is a read.
func (e *engine) accessesAtomically(t *task, o *object, effect hook.Effect) {
	e.accesses(t, uintptr(o.at), atomicSizes[o.typ], wordAccess{write: effect&hook.Changed != 0, atomic: true})
}
