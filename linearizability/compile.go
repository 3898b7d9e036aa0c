package linearizability

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"annulus/buffer"
	"annulus/model"
	"annulus/schedules"
	"annulus/schedules/quote"
)

// code is a program made ready to be executed many times.
type code struct {
	program *Program
	vars    []string // names by number
	setup   []step
	tasks   [][]step
	after   []step

	// Of a history without a program: names of tasks, and of tags from 1.
	taskNames, tagNames []string

	model    model.Config
	stops    bool // an operation ends the context
	sweeps   bool // an operation among the tasks may evict several blocks
	closes   bool // an operation among the tasks closes the buffer
	tailMove bool // the tail may move during an operation that evicts
}

// step is an operation whose variable is resolved.
type step struct {
	*Op
	v    int // number of the variable, -1 if there is none
	body []step
	args func() string // for the trace, or nil
}

// maxCapacity bounds the rings of programs, which are small: every execution clears
// the ring.
const maxCapacity = 1 << 20

// Validate reports the first rule that the program breaks.
func (p *Program) Validate() error {
	_, err := p.compile()
	return err
}

func (p *Program) compile() (*code, error) {
	c := &code{program: p}
	fail := func(format string, args ...any) (*code, error) {
		return nil, fmt.Errorf("linearizability: program %q: "+format, append([]any{p.Name}, args...)...)
	}
	if p.Name == "" {
		return fail("it has no name")
	}
	if len(p.Name) > maxNameBytes {
		return fail("its name has %d bytes; must have %d at most", len(p.Name), maxNameBytes)
	}
	if !fitsDirectory(p.Name) || quote.Line(p.Name+p.About) != p.Name+p.About {
		return fail("its name must be fit for a directory, and what it is about for a terminal")
	}
	if p.Ring.Capacity > maxCapacity {
		return fail("its ring has %d bytes; must have %d at most", p.Ring.Capacity, maxCapacity)
	}
	if _, err := buffer.New(c.config(make([]byte, max(0, p.Ring.Capacity)))); err != nil {
		return fail("%w", err)
	}
	if len(p.Tasks) == 0 || len(p.Tasks) >= schedules.MaxTasks {
		return fail("it has %d tasks; must have 1 to %d", len(p.Tasks), schedules.MaxTasks-1)
	}
	c.model = p.Ring.model()
	r := resolver{numbers: map[string]int{}, code: c}
	c.setup = r.steps(p.Setup, false)
	seen := map[string]bool{mainTask: true}
	for _, t := range p.Tasks {
		if !isWord(t.Name) || slices.Contains([]string{programKey, aboutKey, ringKey, setupKey, afterKey, endKey}, t.Name) {
			return fail("%q cannot be the name of a task", t.Name)
		}
		if seen[t.Name] {
			return fail("two tasks are called %q", t.Name)
		}
		seen[t.Name] = true
		c.tasks = append(c.tasks, r.steps(t.Ops, true))
	}
	c.after = r.steps(p.After, false)
	if slices.ContainsFunc(p.Setup, func(o Op) bool { return o.Verb == Close }) {
		return fail("it closes the buffer before the tasks begin")
	}
	if c.sweeps && c.closes {
		return fail("tasks may close the buffer, or evict several blocks with one operation: " +
			"what was evicted unseen cannot be found out any more once it is closed")
	}
	for v, allocs := range r.allocs {
		if !isWord(c.vars[v]) {
			return fail("%q cannot be the name of a variable", c.vars[v])
		}
		if allocs != 1 {
			return fail("variable %q is given its value %d times; must be once", c.vars[v], allocs)
		}
	}
	return c, nil
}

// maxNameBytes bounds the name of a program, which becomes that of a directory.
const maxNameBytes = 200

// isWord reports whether a name can stand in the text form: a word that is no comment,
// no longer than schedules can have it, and that a terminal can show.
func isWord(name string) bool {
	return name != "" && len(name) <= schedules.MaxName && name[0] != '#' && strings.IndexFunc(name, unicode.IsSpace) < 0 && quote.Line(name) == name
}

// fitsDirectory reports whether a name may be that of a directory for what is found.
func fitsDirectory(name string) bool {
	return filepath.IsLocal(name) && filepath.Base(name) == name && name != "." && !strings.ContainsAny(name, "/\\:\x00")
}

// mainTask is the name of the task that is the body of the execution.
const mainTask = "main"

// config is the configuration of the buffer in the given memory.
func (c *code) config(memory []byte) buffer.Config {
	r := &c.program.Ring
	return buffer.Config{
		Capacity:          r.Capacity,
		Classes:           r.Classes,
		CopyOnAccessBytes: r.CopyOnAccessBytes,
		Memory:            memory,
		EvictPatience:     r.EvictPatience,
		DiscardLive:       r.DiscardLive,
	}
}

// model is the configuration of the model of the ring.
func (r *Ring) model() model.Config {
	c := model.Config{
		Capacity:          uint64(r.Capacity),
		CopyOnAccessBytes: uint64(r.CopyOnAccessBytes),
		DiscardLive:       r.DiscardLive,
		StrictLIFO:        r.StrictLIFO,
	}
	for _, size := range r.Classes {
		c.Classes = append(c.Classes, uint64(size))
	}
	return c
}

// resolver numbers the variables of a program.
type resolver struct {
	code    *code
	numbers map[string]int
	allocs  []int // by variable
}

// steps resolves operations. Those of tasks and of callbacks are amid others.
func (r *resolver) steps(ops []Op, amid bool) []step {
	list := make([]step, len(ops))
	for i := range ops {
		o := &ops[i]
		s := step{Op: o, v: -1, body: r.steps(o.Body, true)}
		switch {
		case o.Verb.takesVariable() && o.Verb.takesNumber():
			s.v = r.number(o.Var)
			r.allocs[s.v]++
			text := o.Var + ", " + strconv.Itoa(o.N)
			s.args = func() string { return text }
		case o.Verb.takesVariable():
			s.v = r.number(o.Var)
			s.args = func() string { return o.Var }
		case o.Verb.takesNumber():
			s.args = func() string { return strconv.Itoa(o.N) }
		}
		r.code.stops = r.code.stops || o.Verb == CancelContext
		r.code.sweeps = r.code.sweeps || amid && o.Verb.sweeps()
		r.code.closes = r.code.closes || amid && o.Verb == Close
		r.code.tailMove = r.code.tailMove || amid && o.Verb.allocates()
		list[i] = s
	}
	return list
}

func (r *resolver) number(name string) int {
	v, ok := r.numbers[name]
	if !ok {
		v = len(r.code.vars)
		r.numbers[name] = v
		r.code.vars = append(r.code.vars, name)
		r.allocs = append(r.allocs, 0)
	}
	return v
}
