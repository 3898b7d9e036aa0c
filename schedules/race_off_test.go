//go:build !race

package schedules

const underRace = false
