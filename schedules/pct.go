package schedules

import "fmt"

// pct runs the enabled task of the highest priority. Priorities are random, and
// at depth-1 random choices of an execution the task about to run gets a lower
// one than all others.
type pct struct {
	seeded
	depth  int
	length int // most choices that an execution has had

	choices  int // in this execution
	changes  []int
	priority [MaxTasks]int64
	known    TaskSet // tasks that have a priority
	lowest   int64
}

// PCT returns the strategy of Burckhardt, Kothari, Musuvathi and Nagarakatte, "A
// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (2010). In
// one execution of n tasks and k choices it finds a bug that needs depth-1
// switches at the right places with a probability of at least
// 1/(n·k^(depth-1)). A depth of 1 only permutes the tasks.
//
// It deviates from the paper in three ways: k counts choices, not steps, since
// changing priorities matters nowhere else; k is not given but is the largest
// number seen in earlier executions; and a task that backs off with Gosched
// moves behind all others. It never ends by itself.
func PCT(depth int, seed uint64) Strategy {
	return &pct{depth: max(depth, 1), seeded: seededBy(seed), length: 8}
}

// Restart implements Strategy.
func (p *pct) Restart(shard Shard) {
	*p = *PCT(p.depth, p.seed).(*pct)
	p.seeded.Restart(shard)
}

func (p *pct) Begin() bool {
	p.begin()
	p.length = max(p.length, p.choices)
	p.choices, p.known, p.lowest = 0, TaskSet{}, 0
	p.changes = p.changes[:0]
	for range p.depth - 1 {
		p.changes = append(p.changes, p.g.Below(p.length))
	}
	return true
}

func (p *pct) Choose(c *Choice) int {
	if c.Data {
		return c.drawn(&p.g)
	}
	for fresh := c.Enabled.Minus(p.known); !fresh.IsEmpty(); {
		p.priority[fresh.pop()] = int64(p.g.Next()>>2) + 1
	}
	p.known = p.known.Union(c.Enabled)
	if c.BackOff {
		p.demote(c.Current)
	}
	best := p.best(c.Enabled)
	for _, at := range p.changes {
		if at == p.choices {
			p.demote(best)
			best = p.best(c.Enabled)
		}
	}
	p.choices++
	return best
}

func (p *pct) demote(task int) {
	p.lowest--
	p.priority[task] = p.lowest
}

func (p *pct) best(enabled TaskSet) int {
	best := enabled.First()
	for rest := enabled; !rest.IsEmpty(); {
		if t := rest.pop(); p.priority[t] > p.priority[best] {
			best = t
		}
	}
	return best
}

func (p *pct) String() string { return fmt.Sprintf("PCT, depth %d", p.depth) }
