package schedules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// goroutine is what a stack trace tells of one. It is uncontrolled if it is no task, and
// was started by a task or by another that is uncontrolled: what tasks wait for in vain
// may have to come from it.
type goroutine struct {
	number, creator uintptr // as stack traces have them
	state           string  // "chan receive"
	at, began       place   // where it is, and the go statement
	root            place   // the program's outermost call
}

// patience is how long an exploration that has failed waits for uncontrolled goroutines
// that are on their way. It matters only for which of two reports there is: that they have used
// what tasks use, or that they are there.
const patience = 100 * time.Millisecond

// waits reports whether tasks may have waited in vain where an execution fails so.
func (c Class) waits() bool { return c == Deadlock || c == Leak || c == Livelock || c == StepCap }

// blame looks for uncontrolled goroutines when an execution has failed, until none is on
// its way, or for as long as patience allows. It returns the failure that one of them has used an object
// of the tasks, or nil, and then remembers those that are there.
//
// before are the goroutines that were there before the execution, nil if that is not
// known: whose a goroutine is whose creator has ended can only be told if it is new.
func (x *explorer) blame(before goroutines) *Failure {
	for deadline := time.Now().Add(patience); ; time.Sleep(patience / 1000) {
		x.goroutines = allGoroutines().startedBy(x.engine.workers(), before)
		f := x.uncontrolled() // after the look, since a goroutine can end in between
		if f != nil || !slices.ContainsFunc(x.goroutines, goroutine.onItsWay) || time.Now().After(deadline) {
			return f
		}
	}
}

// workers returns the numbers of the goroutines that the tasks of the last execution
// ran on, and of those that are kept for more.
func (e *engine) workers() map[uintptr]bool {
	numbers := map[uintptr]bool{}
	for _, t := range e.tasks[:e.n] {
		if t.w != nil {
			numbers[t.w.number] = true
		}
	}
	for _, w := range e.idlers {
		numbers[w.number] = true
	}
	return numbers
}

// startedBy returns the goroutines that were started by those of the family, or by each
// other, or by one that has come and gone since before.
func (gs goroutines) startedBy(family map[uintptr]bool, before goroutines) (found []goroutine) {
	for grown := true; grown; {
		grown = false
		for _, g := range gs {
			began := family[g.creator] || before != nil && gs.orphan(g) && !before.has(g.creator) && !before.has(g.number)
			if !began || family[g.number] {
				continue
			}
			family[g.number], grown = true, true
			if g.state != "coroutine" { // which does nothing by itself
				found = append(found, g)
			}
		}
	}
	return found
}

// blamed adds to a failure what uncontrolled goroutines there are.
func (f *Failure) blamed(list []goroutine) {
	if !f.Class.waits() { // what has come to rest has not to do with it
		list = slices.DeleteFunc(slices.Clone(list), func(g goroutine) bool { return !g.onItsWay() })
	}
	f.uncontrolled = len(list) > 0
	const most = 4
	count := map[string]int{}
	for _, g := range list {
		count[g.String()]++
	}
	for i, text := range slices.Sorted(maps.Keys(count)) {
		if i == most {
			f.Message += fmt.Sprintf("\n  and others, at %d more places", len(count)-most)
			break
		}
		who := "a goroutine that is not a task"
		if n := count[text]; n > 1 {
			who = fmt.Sprintf("%d goroutines that are not tasks", n)
		}
		f.Message += "\n  " + who + text
	}
}

// onItsWay reports whether the goroutine will go on by itself.
func (g goroutine) onItsWay() bool {
	return slices.Contains([]string{"runnable", "running", "syscall", "sleep"}, g.state)
}

// String tells where the goroutine comes from and where it is.
func (g goroutine) String() string {
	text := ": started in " + g.began.long()
	if line := sourceLine(g.began.file, g.began.line); line != "" {
		text += ": " + line
	}
	if isWaiting(g.began.function) { // as by Go of the standard WaitGroup
		text = ": started by " + g.began.function
		if g.root.function != "" {
			text += " as " + g.root.function[strings.LastIndexByte(g.root.function, '/')+1:]
		}
	}
	if g.at.file != "" {
		text += "\n    now in " + g.at.long() + " (" + g.state + ")"
	}
	return text
}

// goroutines are those of the process that another one has started.
type goroutines []goroutine

func allGoroutines() (all goroutines) {
	for stack := range strings.SplitSeq(allStacks(), "\n\n") {
		if g, ok := parseStack(stack); ok {
			all = append(all, g)
		}
	}
	return all
}

// has reports whether the goroutine with the number is one of them.
func (gs goroutines) has(number uintptr) bool {
	return number == 1 || slices.ContainsFunc(gs, func(g goroutine) bool { return g.number == number })
}

// orphan reports whether the one that has started g has ended.
func (gs goroutines) orphan(g goroutine) bool { return !gs.has(g.creator) }

// parseStack reads what runtime.Stack prints of a goroutine. It is false if the
// goroutine was not started by another one.
func parseStack(stack string) (g goroutine, ok bool) {
	lines := strings.Split(stack, "\n")
	head, ok := strings.CutPrefix(lines[0], "goroutine ")
	if !ok {
		return g, false
	}
	g.number = parseNumber(head)
	_, state, _ := strings.Cut(head, "[")
	g.state = state[:max(0, strings.IndexAny(state+"]", ",]"))]
	for i := 1; i+1 < len(lines); i += 2 {
		if strings.HasPrefix(lines[i], "...") { // as many frames are left out, in one line
			i--
			continue
		}
		function, where := lines[i], parsePlace(lines[i+1])
		if created, ok := strings.CutPrefix(function, "created by "); ok {
			function, creator, ok := strings.Cut(created, " in goroutine ")
			where.function = function
			g.began, g.creator = where, parseNumber(creator)
			return g, ok
		}
		if where.function = withoutArguments(function); isWaiting(where.function) {
			continue
		}
		if g.root = where; g.at.file == "" {
			g.at = where
		}
	}
	return g, false
}

// isWaiting reports whether a function is the standard library's, which waits on
// behalf of the program, or between the program and that.
func isWaiting(function string) bool {
	pkg, _ := splitFunction(function)
	return isMachinery(function) || strings.HasPrefix(pkg, "internal/") || slices.Contains([]string{"runtime", "sync", "time"}, pkg)
}

// parseNumber reads the number that the text begins with, 0 if it does with none.
func parseNumber(text string) uintptr {
	end := strings.IndexFunc(text+" ", func(r rune) bool { return r < '0' || r > '9' })
	n, _ := strconv.ParseUint(text[:end], 10, 64)
	return uintptr(n)
}

// parsePlace reads the second line that a stack trace has for each call.
func parsePlace(line string) place {
	at, _, _ := strings.Cut(strings.TrimSpace(line), " +0x")
	colon := max(0, strings.LastIndexByte(at, ':'))
	n, _ := strconv.Atoi(at[min(len(at), colon+1):])
	return place{file: at[:colon], line: n}
}
