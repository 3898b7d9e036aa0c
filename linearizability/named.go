package linearizability

import (
	"fmt"

	"annulus/schedules"
)

// strategyNamed stands in for schedules.StrategyNamed.
func strategyNamed(name string, seed uint64) (schedules.Strategy, error) {
	switch name {
	case "dfs":
		return schedules.DFS(-1), nil
	case "dfs:2":
		return schedules.DFS(2), nil
	case "random":
		return schedules.Random(seed), nil
	case "pct:2":
		return schedules.PCT(2, seed), nil
	case "pct:3":
		return schedules.PCT(3, seed), nil
	}
	return nil, fmt.Errorf("linearizability: no strategy is named %q", name)
}
