//go:build race

package schedules

// underRace: the race detector is on, with which an execution takes ten times as long.
const underRace = true
