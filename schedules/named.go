package schedules

import (
	"fmt"
	"strconv"
	"strings"
)

// named lists the strategies that StrategyNamed knows. A parameter is at least least, and
// stands after a colon; otherwise is its value if it is left out.
var named = []struct {
	name, parameter  string
	least, otherwise int
	make             func(parameter int, seed uint64) Strategy
}{
	{"dfs", "preemptions", 0, -1, func(n int, _ uint64) Strategy { return DFS(n) }},
	{"cached", "preemptions", 0, -1, func(n int, _ uint64) Strategy { return CachedDFS(n) }},
	{"search", "preemptions", 0, 2, func(n int, _ uint64) Strategy { return Search(n) }},
	{"dpor", "", 0, 0, func(int, uint64) Strategy { return DPOR() }},
	{"random", "", 0, 0, func(_ int, seed uint64) Strategy { return Random(seed) }},
	{"pct", "depth", 1, 3, PCT},
	{"pos", "", 0, 0, func(_ int, seed uint64) Strategy { return POS(seed) }},
	{"urw", "", 0, 0, func(_ int, seed uint64) Strategy { return URW(seed) }},
	{"mixture", "", 0, 0, func(_ int, seed uint64) Strategy { return Mixture(seed) }},
	{"portfolio", "", 0, 0, func(_ int, seed uint64) Strategy { return Portfolio(seed) }},
}

// StrategyNamed returns the strategy of a name, such as a command line has. A number after
// a colon is a parameter, which may be left out:
//
//	dfs[:n]     [DFS] with a bound of n preemptions, by default without a bound
//	cached[:n]  [CachedDFS], likewise
//	search[:n]  [Search] with bounds up to n, by default 2
//	dpor        [DPOR]
//	random      [Random]
//	pct[:n]     [PCT] with a depth of n, by default 3
//	pos         [POS]
//	urw         [URW]
//	mixture     [Mixture]
//	portfolio   [Portfolio]
//
// The seed is for those that choose at random. The error says which names or which
// parameter it expects.
func StrategyNamed(name string, seed uint64) (Strategy, error) {
	kind, text, given := strings.Cut(name, ":")
	var known []string
	for _, s := range named {
		form := s.name
		if s.parameter != "" {
			form += "[:" + s.parameter + "]"
		}
		known = append(known, form)
		if s.name != kind {
			continue
		}
		if !given {
			return s.make(s.otherwise, seed), nil
		}
		n, err := strconv.Atoi(text)
		if s.parameter == "" || err != nil || n < s.least || n > maxParameter {
			return nil, fmt.Errorf("schedules: strategy %q: expected %s", name, form)
		}
		return s.make(n, seed), nil
	}
	return nil, fmt.Errorf("schedules: no strategy is named %q; there are %s", name, strings.Join(known, ", "))
}

// StrategyNames returns the names that [StrategyNamed] knows, without parameters.
func StrategyNames() []string {
	var names []string
	for _, s := range named {
		names = append(names, s.name)
	}
	return names
}

// maxParameter bounds what StrategyNamed takes, well beyond what makes sense.
const maxParameter = 1000
