package history

import "strconv"

// Names says what the tasks, the blocks and the evictions of a history are called in
// texts about it. The zero value is useful.
type Names struct {
	// Tasks are the names of the tasks by number. Those that are missing are called
	// main, t1, t2, and so on.
	Tasks []string
	// Blocks are the names of what was written with the tags 1, 2, …; a block without a
	// name is named by its address.
	Blocks []string
	// Evictions are the verbs for the evictions of a task, by the task's number, such as
	// "drain". Those that are missing are called "eviction".
	Evictions []string
	// Unseen, unless it is 0, separates evictors: those above it are of evictions that
	// were not recorded, but derived from what else is known.
	Unseen uint32
}

// task returns the name of a task by its number.
func (n *Names) task(task int) string {
	switch {
	case task < len(n.Tasks):
		return n.Tasks[task]
	case task == 0:
		return "main"
	}
	return "t" + strconv.Itoa(task)
}

// eviction returns what an eviction by the task is called.
func (n *Names) eviction(task int, evictor uint32) string {
	switch {
	case n.Unseen > 0 && evictor > n.Unseen:
		return "unseen eviction"
	case task < len(n.Evictions) && n.Evictions[task] != "":
		return n.Evictions[task]
	}
	return "eviction"
}

// tag returns the name of what was written with a tag, or "".
func (n *Names) tag(tag uint64) string {
	if tag > 0 && tag <= uint64(len(n.Blocks)) {
		return n.Blocks[tag-1]
	}
	return ""
}
