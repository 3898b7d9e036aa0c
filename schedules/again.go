package schedules

import (
	"fmt"
	"slices"

	"annulus/schedules/internal/hook"
)

// loggedStep is a step of an execution that may have to be repeated.
type loggedStep struct {
	task, op uint8
	object   int32  // its number, -1 if there is none
	result   uint64 // of an operation on an integer
}

func logged(t *task) loggedStep {
	s := loggedStep{task: uint8(t.id), op: uint8(t.op), object: -1}
	if t.obj != nil {
		s.object = t.obj.id
	}
	return s
}

// logResult completes the log's last step. Addresses are results, too, but differ
// from execution to execution.
func (e *engine) logResult(t *task, result uint64) {
	if t.op <= hook.Or && t.obj.typ >= hook.Bool && t.obj.typ <= hook.Uint64 {
		e.log[len(e.log)-1].result = result
	}
}

// loggedPick returns a step that has the chosen alternative in place of the object.
func loggedPick(t *task, chosen int) loggedStep {
	return loggedStep{task: uint8(t.id), op: uint8(hook.Pick), object: int32(chosen)}
}

// logReplay repeats an execution step by step, independently of the strategy that led to
// it. The first step that differs makes the execution fail.
type logReplay struct {
	e     *engine
	steps []loggedStep
	at    int // number of steps that have been compared

	differs bool // a step does
}

func (o *logReplay) Choose(c *Choice) int {
	if o.compare(); o.differs {
		return -1
	}
	if c.Step == len(o.steps) {
		c.err = o.e.different(c.Step, "there is a choice where the execution had ended")
		return -1
	}
	t := int(o.steps[c.Step].task)
	if c.Data {
		if s := o.steps[c.Step]; hook.Op(s.op) == hook.Pick && t == o.e.cur.id {
			return int(s.object)
		}
		c.err = o.e.different(c.Step, fmt.Sprintf("the step was %s, and %s picks now", o.e.describe(o.steps[c.Step]), o.e.label(o.e.cur)))
		return -1
	}
	if !c.Runnable.Has(t) {
		c.err = o.e.different(c.Step, fmt.Sprintf("the step was %s, and its task cannot go on now", o.e.describe(o.steps[c.Step])))
	}
	return t
}

// compare looks for the first step that differs, and makes the execution fail if there is
// one.
func (o *logReplay) compare() {
	e := o.e
	for ; o.at < len(e.log); o.at++ {
		switch s := e.log[o.at]; {
		case o.at == len(o.steps):
			o.differs = true
			e.failure = e.different(o.at, fmt.Sprintf("the execution goes on with %s where it had ended", e.describe(s)))
			return
		case s != o.steps[o.at]:
			was := o.steps[o.at]
			text := fmt.Sprintf("the step was %s and is %s", e.describe(was), e.describe(s))
			if old := was.result; was.result != s.result {
				if was.result = s.result; was == s {
					text = fmt.Sprintf("%s returned %d, and now %d", e.describe(s), int64(old), int64(s.result))
				}
			}
			o.differs = true
			e.failure = e.different(o.at, text)
			return
		}
	}
}

func (e *engine) different(step int, message string) *Failure {
	return &Failure{Class: Nondeterminism, Message: fmt.Sprintf("the same schedule was run twice; step %d: %s", step+1, message)}
}

// describe names a logged step.
func (e *engine) describe(s loggedStep) string {
	text := fmt.Sprintf("task %d's ", s.task)
	if int(s.task) < e.n {
		text = e.label(e.tasks[s.task]) + "'s "
	}
	if hook.Op(s.op) == hook.Pick {
		return fmt.Sprintf("%s%s of alternative %d", text, opNames[hook.Pick], s.object)
	}
	if s.object >= 0 && int(s.object) < e.objects.n {
		text += objectName(e.objects.all[s.object]) + "."
	} else if s.object >= 0 {
		text += "another object's "
	}
	return text + opNames[s.op]
}

// again repeats the execution that has just ended, which was logged. If it differs, the
// engine's failure is of class Nondeterminism and says how.
func (x *explorer) again() {
	e := x.engine
	failure, hash := e.failure, e.hash
	steps := slices.Clone(e.log)
	repeat := &logReplay{e: e, steps: steps}
	e.run(repeat, nil)
	repeat.compare()
	switch {
	case e.failure != nil && e.failure.Class == Nondeterminism:
	case len(e.log) < len(steps):
		e.failure = e.different(len(e.log), fmt.Sprintf("the step was %s, and the execution ends here now", e.describe(steps[len(e.log)])))
	case failure == nil && e.failure != nil:
		e.failure = e.different(e.steps-1, "the execution fails now, and had not failed: "+e.failure.Error())
	case failure != nil && e.failure == nil:
		e.failure = e.different(e.steps-1, "the execution does not fail again; it had failed with "+failure.Error())
	case failure != nil && e.failure.Class != failure.Class:
		e.failure = e.different(e.steps-1, fmt.Sprintf("the execution fails with %v; it had failed with %v", e.failure, failure))
	case e.hash != hash:
		e.failure = e.different(e.steps-1, "results on the way were different")
	}
}
