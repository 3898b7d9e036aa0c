package trace

import (
	"slices"
	"strings"
)

// kept returns, by the number of a response, the names of the locks that the operation
// has taken and not let go of.
func (t *Trace) kept() map[int][]string {
	type lock struct {
		object, root int // root is the outermost operation in which it was taken
		name         string
	}
	tree := newTree(t)
	held := map[int][]lock{} // by task
	kept := map[int][]string{}
	for i := range t.Events {
		ev := &t.Events[i]
		switch {
		case ev.Kind == Response && ev.Parent != None && t.Events[ev.Parent].Parent == None:
			for _, l := range held[ev.Task] {
				if l.root == ev.Parent {
					kept[i] = append(kept[i], l.name)
				}
			}
		case ev.Kind != Step || ev.Object == None:
		case strings.HasSuffix(ev.Op, "nlock"): // by whoever it is
			for task, locks := range held {
				at := slices.IndexFunc(locks, func(l lock) bool { return l.object == ev.Object })
				if at >= 0 && (task == ev.Task || ev.Op == "Unlock") {
					held[task] = slices.Delete(locks, at, at+1)
					break
				}
			}
		case strings.HasSuffix(ev.Op, "Lock") && ev.Result != "false":
			held[ev.Task] = append(held[ev.Task], lock{ev.Object, tree.root(i), t.name(ev)})
		}
	}
	return kept
}
