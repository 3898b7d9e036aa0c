package linearizability

import (
	"fmt"
	"strconv"

	"annulus/buffer"
	"annulus/model"
	"annulus/schedules"
)

// code is a program made ready to be executed many times.
type code struct {
	program *Program
	vars    []string // names by number
	setup   []step
	tasks   [][]step
	after   []step

	model    model.Config
	stops    bool // an operation ends the context
	sweeps   bool // some operation may evict several blocks
	tailMove bool // tasks move the tail
}

// step is an operation whose variable is resolved.
type step struct {
	*Op
	v    int // number of the variable, -1 if there is none
	body []step
	args func() string // for the trace, or nil
}

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
		if seen[t.Name] {
			return fail("two tasks are called %q", t.Name)
		}
		seen[t.Name] = true
		c.tasks = append(c.tasks, r.steps(t.Ops, true))
	}
	c.after = r.steps(p.After, false)
	for v, allocs := range r.allocs {
		if allocs != 1 {
			return fail("variable %q is given its value %d times; must be once", c.vars[v], allocs)
		}
	}
	return c, nil
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

func (r *resolver) steps(ops []Op, concurrent bool) []step {
	list := make([]step, len(ops))
	for i := range ops {
		o := &ops[i]
		s := step{Op: o, v: -1, body: r.steps(o.Body, concurrent)}
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
		r.code.sweeps = r.code.sweeps || o.Verb.sweeps()
		r.code.tailMove = r.code.tailMove || concurrent && o.Verb.allocates()
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
