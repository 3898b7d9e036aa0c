package linearizability

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"annulus/model"
)

// names returns the names of the variables, and of the allocation that every
// execution ends with.
func (c *code) names() []string { return append(slices.Clone(c.vars), "last") }

// taskName returns the name of a task by its number.
func (c *code) taskName(task int) string {
	switch tasks := c.program.Tasks; {
	case task < len(c.taskNames):
		return c.taskNames[task]
	case task == 0:
		return mainTask
	case task <= len(tasks):
		return tasks[task-1].Name
	}
	return "t" + strconv.Itoa(task)
}

// numbered matches tags and evictors in the model's texts.
var numbered = regexp.MustCompile(`(#|tagged |evictor )(\d+)`)

// readable puts the program's names in place of the numbers of tags and
// evictors in a text of the model's.
func (c *code) readable(text string) string {
	if len(c.program.Tasks) == 0 {
		return text // a history without a program
	}
	names := c.names()
	return numbered.ReplaceAllStringFunc(text, func(match string) string {
		groups := numbered.FindStringSubmatch(match)
		n, err := strconv.Atoi(groups[2])
		switch {
		case err != nil:
		case groups[1] == "evictor " && n>>8 <= len(c.program.Tasks):
			return fmt.Sprintf("evictor %s/%d", c.taskName(n>>8), n&0xff)
		case groups[1] == "evictor " && n > firstUnseen:
			return fmt.Sprintf("evictor unseen/%d", n-firstUnseen)
		case n > 0 && n <= len(names):
			return groups[1] + names[n-1]
		}
		return match
	})
}

// answerText is how an operation was answered, for the trace.
func (c *code) answerText(o *model.Op) string {
	switch {
	case o.Outcome != model.OK:
		return o.Outcome.String()
	case o.Kind == model.OpAlloc:
		return blockText(o)
	case o.Kind == model.OpLook:
		return fmt.Sprintf("%s %v", blockText(o), o.State)
	case o.Kind == model.OpClaim:
		return c.readable(fmt.Sprintf("%s #%d", blockText(o), o.Tag))
	case o.Kind == model.OpFinish:
		return fmt.Sprintf("%d bytes", o.Size)
	case o.Kind == model.OpReturn:
		return o.Cause.String()
	case o.Kind == model.OpCopyOnAccess:
		return strconv.FormatBool(o.InRegion)
	}
	return o.Outcome.String()
}

// blockText names the block of an operation: by its address, and by its generation if
// it is not the first at that place.
func blockText(o *model.Op) string {
	if o.Gen == 0 {
		return fmt.Sprintf("block %v", o.Addr)
	}
	return fmt.Sprintf("block %v gen %d", o.Addr, o.Gen)
}
