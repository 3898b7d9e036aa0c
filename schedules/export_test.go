package schedules

// Quoted is quoted, for its test.
var Quoted = quoted

// Execution is what Enumerate shows of one.
type Execution struct {
	Failure   *Failure
	Class     uint64 // hash of its equivalence class
	Redundant bool   // a reduction has noticed that it is equivalent to another
}

// Enumerate runs the body under every execution of the strategy, whether it fails
// or not, until each returns false.
func Enumerate(body func(*S), cfg Config, each func(Execution) bool) {
	cfg = cfg.withDefaults()
	e := newEngine(body, cfg)
	controlled(e, func() {
		for cfg.Strategy.Begin() {
			e.run(cfg.Strategy, nil)
			if !each(Execution{e.failure, e.hash, kindOf(e) == redundant}) {
				return
			}
		}
	})
}

func kindOf(e *engine) kind {
	if s, ok := e.cfg.Strategy.(searcher); ok {
		return s.last()
	}
	return tried
}

// ClassOf returns what identifies the execution so far, up to the order of
// operations that commute.
func ClassOf(s *S) uint64 { return s.e.hash }
