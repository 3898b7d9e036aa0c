package schedules

// portfolio is the default strategy: depth-first search and a [Mixture] of
// samplers, side by side.
//
// The search begins alone, so that small programs are exhausted without repeating
// executions at random, and failures that need few preemptions are found with as
// few. Then the two take turns. The search gets half of them, not what it earns
// by finding new classes: it is there for its verdict. Only where it finds much
// less than the best sampler, or its own estimate says that it will be far from its
// end when the budget is used up, is it held to an eighth, until that changes. It
// ends when it has tried all that it is to try or has used half of Config.Schedules;
// the samplers have the rest.
type portfolio struct {
	StrategyBase
	search   Strategy
	samplers *mixture
	found    score // by the search

	headStart int64 // executions of the search before the samplers begin
	most      int64 // executions that the search may have in all, 0 if there is no bound
	searched  int64 // those that it has had
	done      bool  // it has nothing left to try
	pass      int   // of the search
	passBegun int64 // its executions before that

	searching bool // it is the search's turn
	left      int  // executions of this turn
	credit    int  // of the search, in units of 1/one of a turn
	current   Strategy
}

const (
	searchStart = 1024    // executions
	searchPart  = one / 2 // of the turns that the search gets
	poorPart    = one / 8 // while it finds less than a sampler by a factor of
	poor        = 8
	boundless   = 1 << 22 // executions, to judge a search by where only time is bounded
)

// Portfolio returns what explores where [Config] names no strategy and no other
// number than the seed: [Search] and a [Mixture], in turns.
func Portfolio(seed uint64) Strategy {
	return newPortfolio(Config{Seed: seed})
}

func newPortfolio(c Config) *portfolio {
	p := &portfolio{
		search:    newSearch(c.PreemptionBound.Most(2)),
		samplers:  newMixture(c.Seed),
		headStart: searchStart,
	}
	if c.Schedules > 0 {
		p.most = (c.Schedules + 1) / 2
		p.headStart = min(p.headStart, p.most)
	}
	return p
}

func (p *portfolio) Begin() bool {
	if p.searches() {
		if p.search.Begin() {
			p.searched++
			p.current = p.search
			return true
		}
		p.done = true
		if p.search.Progress().Complete {
			return false
		}
	}
	p.current = p.samplers
	return p.samplers.Begin()
}

// searches reports whether the next execution is the search's.
func (p *portfolio) searches() bool {
	if p.done || p.most > 0 && p.searched >= p.most {
		return false
	}
	if p.left == 0 {
		p.found.settle()
		p.searching = p.searched < p.headStart || p.earns()
		p.left = turn
	}
	p.left--
	return p.searching
}

// earns reports whether the search has earned its next turn.
func (p *portfolio) earns() bool {
	if poor*(p.found.worth+alike) < p.samplers.best() || p.hopeless() {
		p.credit += poorPart
	} else {
		p.credit += searchPart
	}
	if p.credit < one {
		return false
	}
	p.credit -= one
	return true
}

// hopeless reports whether the search's present pass is, as far as can be told, too
// long for the budget.
func (p *portfolio) hopeless() bool {
	now := p.search.Progress()
	if now.Pass != p.pass {
		p.pass, p.passBegun = now.Pass, p.searched
	}
	budget := p.most
	if budget == 0 {
		budget = boundless
	}
	n := p.searched - p.passBegun
	return n >= searchStart/4 && float64(n) > now.Done*float64(budget)
}

func (p *portfolio) Choose(c *Choice) int { return p.current.Choose(c) }

// Ended implements Strategy.
func (p *portfolio) Ended(end Ended) (Kind, error) { return p.current.Ended(end) }

// Learned implements Strategy.
func (p *portfolio) Learned(fresh bool) {
	if p.current == p.search {
		p.found.learned(fresh)
	} else {
		p.samplers.Learned(fresh)
	}
}

func (p *portfolio) setting() string {
	return "portfolio of " + p.search.setting() + ", and a mixture"
}

func (p *portfolio) String() string {
	if p.current == nil {
		return "portfolio"
	}
	return p.current.String()
}

// Restart implements Strategy.
func (p *portfolio) Restart(shard Shard) {
	p.search.Restart(shard)
	p.samplers.Restart(shard)
	*p = portfolio{search: p.search, samplers: p.samplers, headStart: p.headStart, most: p.most}
}

// Progress implements Strategy.
func (p *portfolio) Progress() Progress { return p.search.Progress() }

func (p *portfolio) reduction() reduction {
	if p.current == nil {
		return nil
	}
	return p.current.reduction()
}
