package main

import (
	"fmt"
	"time"

	"annulus/fuzz/internal/pairs"
	"annulus/linearizability"
	"annulus/schedules"
)

func main() {
	c := pairs.New()
	begun := time.Now()
	for i, p := range linearizability.Suite() {
		_, err := linearizability.Explore(p, schedules.Config{Strategy: schedules.Mixture(uint64(i)), Schedules: 300, Traces: c.Add})
		if err != nil {
			panic(err)
		}
	}
	fmt.Println(c.Executions, time.Since(begun), c.Operations())
	tot, all, met := 0, 0, 0
	for _, a := range c.Operations() {
		fmt.Printf("%-14s", a)
		for _, b := range c.Operations() {
			x := c.Cell(a, b)
			tot += x.Seen
			all += x.Possible
			if x.Met {
				met += x.Possible
			}
			fmt.Printf(" %4d/%4d%v", x.Seen, x.Possible, map[bool]string{true: " ", false: "-"}[x.Met])
		}
		fmt.Println()
	}
	fmt.Println(tot, met, all)
	fmt.Println(c.Excluded())
}
