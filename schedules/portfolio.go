package schedules

import "time"

// portfolio is the default strategy: depth-first search while that is within
// half of the budget, then random walks and PCT with depths 2 to 4 in turn.
type portfolio struct {
	search    *dfs
	samplers  []Strategy
	schedules int64 // half of the budget, 0 if it is unbounded
	time      time.Duration
	deadline  time.Time // set by the first Begin, if time bounds the search
	begun     int64
	searching bool
	turn      int
	current   Strategy
}

func newPortfolio(c Config) *portfolio {
	seeds := generator(c.Seed)
	return &portfolio{
		search: &dfs{max: c.PreemptionBound, complete: -1},
		samplers: []Strategy{
			Random(seeds.next()), PCT(2, seeds.next()), PCT(3, seeds.next()), PCT(4, seeds.next()),
		},
		schedules: (c.Schedules + 1) / 2,
		time:      c.Time / 2,
		searching: true,
	}
}

func (p *portfolio) Begin() bool {
	if p.begun == 0 {
		p.deadline = time.Now().Add(p.time)
	}
	p.begun++
	if p.searching {
		overdue := p.schedules > 0 && p.begun > p.schedules ||
			p.time > 0 && p.begun%64 == 0 && time.Now().After(p.deadline)
		if !overdue && p.search.Begin() {
			p.current = p.search
			return true
		}
		p.searching = false
		if p.search.coverage().complete {
			return false
		}
	}
	p.current = p.samplers[p.turn%len(p.samplers)]
	p.turn++
	return p.current.Begin()
}

func (p *portfolio) Choose(c *Choice) int { return p.current.Choose(c) }

func (p *portfolio) ended() *Failure {
	if p.current != p.search {
		return nil
	}
	return p.search.ended()
}

func (p *portfolio) String() string {
	if p.current == nil {
		return "portfolio"
	}
	return p.current.String()
}

func (p *portfolio) coverage() coverage { return p.search.coverage() }
