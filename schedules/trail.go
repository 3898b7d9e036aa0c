package schedules

import "fmt"

// trailReplay repeats an earlier execution of this exploration by the decisions of its
// trail. The first choice that differs makes the execution fail.
type trailReplay struct {
	trail []decision
	then  chooser // makes the choices after the trail; nil if there must be none

	at     int
	offers []offer // what each decision had to choose from, if asked for
	asked  bool
}

// offer is what there was to choose from at a decision.
type offer struct {
	enabled TaskSet
	current int // as in Choice
	step    int // operations performed before
}

func (r *trailReplay) Choose(c *Choice) int {
	if r.at == len(r.trail) {
		if r.then != nil {
			return r.then.Choose(c)
		}
		c.err = r.differs(c, "there is a choice where the execution had ended")
		return -1
	}
	d := r.trail[r.at]
	r.at++
	if d.hash != c.hash || !c.Runnable.Has(int(d.task)) {
		c.err = r.differs(c, "the same choices have led to a different state")
	} else if r.asked {
		r.offers = append(r.offers, offer{c.Enabled, c.Current, c.Step})
	}
	return int(d.task)
}

func (r *trailReplay) differs(c *Choice, message string) *Failure {
	return &Failure{Class: Nondeterminism, Message: fmt.Sprintf("step %d: %s", c.Step+1, message)}
}

// others returns the tasks or alternatives that can be chosen instead of the chosen one,
// the current task first.
func (o offer) others(chosen int8) []int8 {
	rest := o.enabled.Without(int(chosen))
	var list []int8
	if o.current >= 0 && rest.Has(o.current) {
		list = append(list, int8(o.current))
		rest.remove(o.current)
	}
	for other := range rest.All() {
		list = append(list, int8(other))
	}
	return list
}
