package linearizability

import (
	"annulus/linearizability/history"
	"annulus/linearizability/scenario"
)

// lastBlock is the name of the allocation that every execution ends with. Its tag is the
// next one after those of the program's variables.
const lastBlock = "last"

// namesOf returns the names of tasks, blocks and evictions in histories of the program.
func namesOf(c *scenario.Compiled) history.Names {
	n := history.Names{Tasks: []string{scenario.MainTask}, Unseen: firstUnseen}
	n.Blocks = append(append(n.Blocks, c.Vars...), lastBlock)
	verbs := map[scenario.Verb]bool{scenario.Evict: true} // main evicts in the end
	evicting(c.Setup, verbs)
	evicting(c.After, verbs)
	n.Evictions = []string{only(verbs)}
	for i, t := range c.Program.Tasks {
		verbs := map[scenario.Verb]bool{}
		evicting(c.Tasks[i], verbs)
		n.Tasks = append(n.Tasks, t.Name)
		n.Evictions = append(n.Evictions, only(verbs))
	}
	return n
}

// evicting adds the verbs with which the steps evict.
func evicting(steps []scenario.Step, verbs map[scenario.Verb]bool) {
	for i := range steps {
		if steps[i].Verb.Evicts() {
			verbs[steps[i].Verb] = true
		}
		evicting(steps[i].Body, verbs)
	}
}

// only returns the verb if there is exactly one, and otherwise "".
func only(verbs map[scenario.Verb]bool) string {
	for v := range verbs {
		if len(verbs) == 1 {
			return v.String()
		}
	}
	return ""
}
