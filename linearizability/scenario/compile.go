package scenario

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

// Compiled is a program made ready to be executed many times: it is valid, and its
// variables are numbers. It refers to the program, which must not be changed.
type Compiled struct {
	Program *Program
	Vars    []string // names of the variables by number
	Setup   []Step
	Tasks   [][]Step
	After   []Step
	Model   model.Config

	Stops     bool // an operation, CancelContext, ends the program's context
	Closes    bool // an operation among the tasks closes the buffer
	TailMoves bool // the tail may move during an operation that evicts

	// Workers says of main and of each task, in this order, whether it has a Worker.
	Workers []bool

	sweeps bool // an operation among the tasks may evict several blocks
	dies   bool // blocks may be evicted without a callback
}

// Step is an operation whose variable is resolved.
type Step struct {
	*Op
	Variable int // its number, -1 if there is none
	Body     []Step
	Args     func() string // for traces; nil without arguments
}

// maxCapacity bounds the rings of programs, in bytes. They should be small, since every
// execution clears the ring.
const maxCapacity = 1 << 20

// Validate returns an error that names the first rule that the program breaks, or nil.
func (p *Program) Validate() error {
	_, err := p.Compile()
	return err
}

// Compile makes the program ready to be executed. The error is the one that Validate
// returns.
func (p *Program) Compile() (*Compiled, error) {
	c := &Compiled{Program: p}
	fail := func(format string, args ...any) (*Compiled, error) {
		return nil, fmt.Errorf("scenario: program %q: "+format, append([]any{p.Name}, args...)...)
	}
	if p.Name == "" {
		return fail("it has no name")
	}
	if len(p.Name) > maxNameBytes {
		return fail("its name has %d bytes; must have %d at most", len(p.Name), maxNameBytes)
	}
	if !ValidName(p.Name) || quote.Line(p.Name+p.About) != p.Name+p.About {
		return fail("its name must be fit for a directory, and what it is about for a terminal")
	}
	if p.Ring.Capacity > maxCapacity {
		return fail("its ring has %d bytes; must have %d at most", p.Ring.Capacity, maxCapacity)
	}
	if _, err := buffer.New(p.Ring.Buffer(make([]byte, max(0, p.Ring.Capacity)))); err != nil {
		return fail("%w", err)
	}
	if len(p.Tasks) == 0 || len(p.Tasks) >= schedules.MaxTasks {
		return fail("it has %d tasks; must have 1 to %d", len(p.Tasks), schedules.MaxTasks-1)
	}
	c.Model = p.Ring.Model()
	r := resolver{numbers: map[string]int{}, code: c}
	c.dies = p.Ring.fills()
	c.Setup = r.steps(p.Setup, false)
	seen := map[string]bool{MainTask: true}
	for _, t := range p.Tasks {
		if !isWord(t.Name) || slices.Contains([]string{programKey, aboutKey, ringKey, setupKey, afterKey, endKey}, t.Name) {
			return fail("%q cannot be the name of a task", t.Name)
		}
		if seen[t.Name] {
			return fail("two tasks are called %q", t.Name)
		}
		seen[t.Name] = true
		c.Tasks = append(c.Tasks, r.steps(t.Ops, true))
	}
	c.After = r.steps(p.After, false)
	c.Workers = append(c.Workers, usesWorker(p.Setup) || usesWorker(p.After))
	for _, t := range p.Tasks {
		c.Workers = append(c.Workers, usesWorker(t.Ops))
	}
	if slices.ContainsFunc(p.Setup, func(o Op) bool { return o.Verb == Close }) {
		return fail("it closes the buffer before the tasks begin")
	}
	if c.sweeps && c.Closes && c.dies {
		return fail("tasks may close the buffer, or evict several blocks with one operation, unless no block can be dead: " +
			"what was evicted unseen cannot be found out any more once it is closed")
	}
	for v, allocs := range r.allocs {
		if !isWord(c.Vars[v]) {
			return fail("%q cannot be the name of a variable", c.Vars[v])
		}
		if allocs != 1 {
			return fail("variable %q is given its value %d times; must be once", c.Vars[v], allocs)
		}
	}
	return c, nil
}

// usesWorker reports whether one of the operations is done through a Worker, or closes it.
func usesWorker(ops []Op) bool {
	return slices.ContainsFunc(ops, func(o Op) bool {
		return o.Worker || o.Verb == CloseWorker || usesWorker(o.Body)
	})
}

// maxNameBytes bounds the name of a program, which becomes that of a directory.
const maxNameBytes = 200

// isWord reports whether a name can stand in the text form: a word that does not begin a
// comment, is not too long for a schedule, and is safe to show on a terminal.
func isWord(name string) bool {
	return name != "" && len(name) <= schedules.MaxName && name[0] != '#' && strings.IndexFunc(name, unicode.IsSpace) < 0 && quote.Line(name) == name
}

// ValidName reports whether a name can be that of a program. It must be fit for a
// directory, since what is found about the program is kept in one of that name.
func ValidName(name string) bool {
	return filepath.IsLocal(name) && filepath.Base(name) == name && name != "." && !strings.ContainsAny(name, "/\\:\x00")
}

// MainTask is the name of the task that is the body of the execution.
const MainTask = "main"

// resolver numbers the variables of a program.
type resolver struct {
	code    *Compiled
	numbers map[string]int
	allocs  []int // by variable
}

// steps resolves operations. amid says that other operations may take place during them:
// it is true for those of tasks and of callbacks.
func (r *resolver) steps(ops []Op, amid bool) []Step {
	list := make([]Step, len(ops))
	for i := range ops {
		o := &ops[i]
		s := Step{Op: o, Variable: -1, Body: r.steps(o.Body, true)}
		switch {
		case o.Verb.TakesVariable() && o.Verb.TakesNumber():
			s.Variable = r.number(o.Var)
			r.allocs[s.Variable]++
			text := o.Var + ", " + strconv.Itoa(o.N)
			s.Args = func() string { return text }
		case o.Verb.TakesVariable():
			s.Variable = r.number(o.Var)
			s.Args = func() string { return o.Var }
		case o.Verb.TakesNumber():
			s.Args = func() string { return strconv.Itoa(o.N) }
		}
		r.code.Stops = r.code.Stops || o.Verb == CancelContext
		r.code.sweeps = r.code.sweeps || amid && o.Verb.Sweeps()
		r.code.Closes = r.code.Closes || amid && o.Verb == Close
		r.code.dies = r.code.dies || o.Verb == Free || o.Worker
		r.code.TailMoves = r.code.TailMoves || amid && o.Verb.Allocates()
		list[i] = s
	}
	return list
}

func (r *resolver) number(name string) int {
	v, ok := r.numbers[name]
	if !ok {
		v = len(r.code.Vars)
		r.numbers[name] = v
		r.code.Vars = append(r.code.Vars, name)
		r.allocs = append(r.allocs, 0)
	}
	return v
}
