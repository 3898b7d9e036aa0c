package schedules

// Single runs body once, under the first execution of cfg.Strategy, and records that from
// the beginning, so that a failure need not be repeated to be shown. It is for programs of
// which something survives an execution, such as a package's counter: each of their executions
// needs a process of its own. Nothing is reduced, repeated or minimised, and nothing is
// ever exhausted. class identifies the execution up to the order of operations that commute, also
// among those of other processes of the same program.
func Single(body func(s *S), cfg Config) (r *Report, class uint64) {
	cfg = cfg.withDefaults()
	x := &explorer{engine: newEngine(body, cfg)}
	controlled(x.engine, func() { x.single() })
	return &x.report, x.engine.hash
}

func (x *explorer) single() {
	e, r := x.engine, &x.report
	e.prepare(e.cfg.Strategy)
	x.start()
	if !e.cfg.Strategy.Begin() {
		return
	}
	rec := newRecorder(e)
	e.run(e.cfg.Strategy, rec)
	r.Schedules, r.Steps, r.Classes, r.ClassesExact = 1, int64(e.steps), 1, true
	r.Strategy = e.cfg.Strategy.String()
	if r.Failure = x.uncontrolled(); r.Failure == nil && e.failure != nil {
		r.Failure = e.failure
		r.Failure.Steps, r.Failure.Preemptions = e.steps, e.preemptions
		x.describe(r.Failure, r.Strategy)
		rec.into(r.Failure)
	}
	x.finish()
}
