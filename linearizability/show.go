package linearizability

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"annulus/buffer"
	"annulus/model"
	"annulus/schedules"
)

// names returns the names of the variables, and of the allocation that every
// execution ends with.
func (c *code) names() []string { return append(slices.Clone(c.vars), "last") }

// taskName returns the name of a task by its number.
func (c *code) taskName(task int) string {
	switch tasks := c.program.Tasks; {
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
		return fmt.Sprintf("block %v.%d", o.Addr, o.Gen)
	case o.Kind == model.OpLook:
		return fmt.Sprintf("block %v.%d %v", o.Addr, o.Gen, o.State)
	case o.Kind == model.OpClaim:
		return c.readable(fmt.Sprintf("block %v.%d #%d", o.Addr, o.Gen, o.Tag))
	case o.Kind == model.OpFinish:
		return fmt.Sprintf("%d bytes", o.Size)
	case o.Kind == model.OpReturn:
		return o.Cause.String()
	case o.Kind == model.OpCopyOnAccess:
		return strconv.FormatBool(o.InRegion)
	}
	return o.Outcome.String()
}

// entryText is one line of a history.
func (c *code) entryText(e *Entry) string {
	return fmt.Sprintf("%-6s %3d…%-3d %s", c.taskName(e.Task), e.Call, e.Return, c.readable(e.Op.String()))
}

// historyText lists the operations of the history in the order of their returns,
// and after them those that have not returned.
func (d *driver) historyText() string {
	entries := slices.Clone(d.hist.entries)
	slices.SortStableFunc(entries, func(x, y Entry) int { return int(x.Return) - int(y.Return) })
	var b strings.Builder
	for i := range entries {
		b.WriteString(d.code.entryText(&entries[i]) + "\n")
	}
	if d.hist.hidden > 0 {
		fmt.Fprintf(&b, "and %d evictions of dead blocks, unseen, within drain, evictn or allocevict\n", d.hist.hidden)
	}
	for _, a := range d.actors {
		if a.pending != nil {
			fmt.Fprintf(&b, "%-6s has not returned from %v\n", a.name, a.pending.Op)
		}
	}
	return b.String()
}

// wordName begins the names of words of metadata in traces. The rest is the
// offset of the block in the ring's memory.
const wordName = "word "

// formatWord renders the values of words of metadata in traces.
func formatWord(o schedules.ObjectInfo, value uint64) string {
	if !strings.HasPrefix(o.Name, wordName) {
		return ""
	}
	return compact.Replace(buffer.DescribeWord(value))
}

// compact shortens the description of a word.
var compact = strings.NewReplacer(" gen ", ".", " lap ", "@", " claim ", "'")

// legend explains what traces show of the ring.
func legend() string {
	var b strings.Builder
	b.WriteString("word 64: metadata of the block at offset 64, as state.generation@lap'claims where they are not 0\nring:")
	for s := model.NotReady; s <= model.Evicted; s++ {
		fmt.Fprintf(&b, " %s %v,", s.Mark(), s)
	}
	b.WriteString(" after address and variable\n")
	return b.String()
}

// drawRing draws the ring on one line.
func (d *driver) drawRing() string {
	v := d.buf.Inspect()
	var b strings.Builder
	fmt.Fprintf(&b, "head %v evicting %v tail %v", v.Head, v.Evicting, v.Tail)
	for _, i := range v.Blocks {
		fmt.Fprintf(&b, " │ %v", i.Address)
		if i.Filler {
			b.WriteString(" filler")
		} else if x := d.find(model.Addr(i.Address), i.Generation); x != nil && model.BlockState(i.State).Live() {
			b.WriteString(" " + d.names[d.number(x)])
		}
		b.WriteString(" " + model.BlockState(i.State).Mark())
	}
	for i, list := range v.FreeLists {
		if len(list) > 0 {
			fmt.Fprintf(&b, " │ free %d: %v", v.Classes[i], list)
		}
	}
	if len(v.Returned) > 0 {
		fmt.Fprintf(&b, " │ given back: %v", v.Returned)
	}
	return b.String()
}
