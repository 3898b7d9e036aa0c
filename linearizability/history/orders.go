package history

import (
	"cmp"
	"errors"
	"slices"

	"annulus/model"
)

// errGivenUp: a search has used up its budget.
var errGivenUp = errors.New("the search was given up")

// orders searches for the orders of a part of a history that real time permits and the
// model accepts. Unlike porcupine it can leave out operations: those that are under way
// when the part ends.
type orders struct {
	model   *model.Config
	entries []Entry
	part    []role // by entry
	budget

	byCall, byReturn []int  // entries in the part by call; those that are required by return
	placed           []byte // a bit for each entry: whether it is in path
	path             []int
	visited          map[string][]visit
	memory           int // bytes that each search may remember; all searches share the steps
	yield            func(order []int) bool
	stopped          bool
}

// role says whether an operation belongs to a part of a history.
type role uint8

const (
	absent   role = iota // not in the part
	optional             // under way at its end: it may have taken effect
	required             // returned by its end: it has taken effect
)

// visit is a state that the search has reached by a set of operations, the key in visited.
type visit struct {
	state model.State
	rest  *link // completes the order, if done
	done  bool  // an order can be completed from here
}

// link is an element of a linked list of operations; nil is the empty list.
type link struct {
	entry int
	rest  *link
}

// each yields orders, as indices of entries, until yield returns false. Orders that lead
// to the same state by the same operations are continued in all ways only once; each of
// the others is yielded with a single continuation. So every state that an order goes
// through is one that a yielded order goes through. The slice is valid until the next one
// is yielded.
func (o *orders) each(yield func(order []int) bool) error {
	o.byCall, o.byReturn = o.byCall[:0], o.byReturn[:0]
	for i, r := range o.part {
		if r != absent {
			o.byCall = append(o.byCall, i)
		}
		if r == required {
			o.byReturn = append(o.byReturn, i)
		}
	}
	slices.SortStableFunc(o.byCall, func(a, b int) int { return cmp.Compare(o.entries[a].Call, o.entries[b].Call) })
	slices.SortStableFunc(o.byReturn, o.earlier)
	o.placed = make([]byte, (len(o.entries)+7)/8)
	o.path = o.path[:0]
	if o.visited == nil {
		o.memory = o.bytes
	}
	o.visited, o.bytes = map[string][]visit{}, o.memory
	o.yield, o.stopped = yield, false
	o.from(&model.State{}, model.State{}, 0, 0)
	if o.spent() {
		return errGivenUp
	}
	return nil
}

// possible reports whether there is an order.
func (o *orders) possible() (bool, error) {
	found := false
	err := o.each(func([]int) bool {
		found = true
		return false
	})
	if found {
		err = nil
	}
	return found, err
}

// earlier puts entries in the order of their returns.
func (o *orders) earlier(a, b int) int { return cmp.Compare(o.entries[a].Return, o.entries[b].Return) }

// from continues the path, which has reached the state by one step from the state before.
// All operations below the positions call in byCall and reply in byReturn are in the path.
// done reports whether the path can be completed to an order, and rest is one way to do so.
func (o *orders) from(before *model.State, state model.State, call, reply int) (rest *link, done bool) {
	key := string(o.placed)
	for _, v := range o.visited[key] {
		if model.Equal(v.state, state) {
			if v.done {
				o.emit(v.rest)
			}
			return v.rest, v.done
		}
	}
	for reply < len(o.byReturn) && o.has(o.byReturn[reply]) {
		reply++
	}
	if reply == len(o.byReturn) {
		done = true
		o.emit(nil)
	}
	for call < len(o.byCall) && o.has(o.byCall[call]) {
		call++
	}
	for _, i := range o.candidates(call, reply) {
		if o.stopped {
			return rest, done
		}
		if !o.step(&state) {
			o.stopped = true
			return rest, done
		}
		next, err := model.Step(o.model, state, o.entries[i].Op)
		if err != nil {
			continue
		}
		o.path = append(o.path, i)
		o.placed[i/8] ^= 1 << (i % 8)
		tail, ok := o.from(&state, next, call, reply)
		o.placed[i/8] ^= 1 << (i % 8)
		o.path = o.path[:len(o.path)-1]
		if ok && !done {
			rest, done = &link{i, tail}, true
		}
	}
	if !o.stopped {
		o.bytes -= keepCost(len(o.entries), before, &state)
		o.visited[key] = append(o.visited[key], visit{state, rest, done})
	}
	return rest, done
}

// candidates returns the operations that may come next: those before whose call no
// operation returned that is still to come. Required ones come first, and of those the
// ones that returned earlier.
func (o *orders) candidates(call, reply int) []int {
	var list []int
	for _, i := range o.byCall[call:] {
		if reply < len(o.byReturn) && o.entries[i].Call > o.entries[o.byReturn[reply]].Return {
			break
		}
		if !o.has(i) {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Or(cmp.Compare(o.part[b], o.part[a]), o.earlier(a, b), cmp.Compare(a, b))
	})
	return list
}

func (o *orders) has(i int) bool { return o.placed[i/8]&(1<<(i%8)) != 0 }

// emit yields the order that consists of the path and the rest.
func (o *orders) emit(rest *link) {
	if o.stopped {
		return
	}
	order := o.path
	for ; rest != nil; rest = rest.rest {
		order = append(order, rest.entry)
	}
	o.stopped = !o.yield(order)
}
