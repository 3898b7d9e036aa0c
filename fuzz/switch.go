package fuzz

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"annulus/schedules"
)

// Switch is a choice that an execution takes otherwise than by itself. By itself
// the task that runs goes on, one that waits or has ended leaves the turn to the
// first that can go on, and one that backs off to the next.
type Switch struct {
	After int   // choices that are taken by themselves before
	Other uint8 // which of the other tasks goes on, modulo their number; 0 to 3
}

// A switch is a byte: After in the upper six bits, Other in the lower two. A byte
// with longest in the upper bits is no switch; it makes the way to the next longer.
const (
	otherBits = 2
	longest   = 1<<(8-otherBits) - 1
)

// decodeSwitches reads switches up to the end of the data. Choices behind the last
// one are taken by themselves.
func decodeSwitches(data []byte) []Switch {
	var list []Switch
	after := 0
	for _, b := range data {
		after += int(b >> otherBits)
		if b>>otherBits < longest {
			list = append(list, Switch{after, b & (1<<otherBits - 1)})
			after = 0
		}
	}
	return list
}

// encodeSwitches is the inverse of decodeSwitches.
func encodeSwitches(list []Switch) []byte {
	data := []byte{}
	for _, s := range list {
		if s.After < 0 || s.Other >= 1<<otherBits {
			panic("fuzz: a switch that cannot be encoded")
		}
		for ; s.After >= longest; s.After -= longest {
			data = append(data, longest<<otherBits)
		}
		data = append(data, byte(s.After)<<otherBits|s.Other)
	}
	return data
}

// switching is the strategy that follows switches, and then variations of them.
type switching struct {
	schedules.StrategyBase
	switches   []Switch
	variations int
	random     *rand.Rand

	begun   int
	now     []Switch // of this execution
	at      int      // of now
	waiting int      // choices since the last switch
}

// strategy returns one that depends on nothing but the execution.
func (x Execution) strategy(variations int) *switching {
	return &switching{switches: x.Switches, variations: variations}
}

// Restart implements [schedules.Strategy].
func (s *switching) Restart(schedules.Shard) { s.begun, s.random = 0, nil }

// Begin implements [schedules.Strategy].
func (s *switching) Begin() bool {
	if s.begun > s.variations {
		return false
	}
	s.now, s.at, s.waiting = s.switches, 0, 0
	if s.begun > 0 {
		s.now = s.vary()
	}
	s.begun++
	return true
}

// vary returns the switches with a few edits.
func (s *switching) vary() []Switch {
	if s.random == nil {
		h := fnv.New64a()
		h.Write(encodeSwitches(s.switches))
		s.random = rand.New(rand.NewPCG(h.Sum64(), 0))
	}
	list := slices.Clone(s.switches)
	for range 1 + s.random.IntN(2) {
		fresh := Switch{s.random.IntN(1 << s.random.IntN(6)), uint8(s.random.IntN(1 << otherBits))}
		switch i := s.random.IntN(len(list) + 1); {
		case i == len(list) || s.random.IntN(2) == 0:
			list = slices.Insert(list, i, fresh)
		case s.random.IntN(2) == 0:
			list[i] = fresh
		default:
			list = slices.Delete(list, i, i+1)
		}
	}
	return list
}

// Choose implements [schedules.Strategy].
func (s *switching) Choose(c *schedules.Choice) int {
	usual := c.Continues()
	if s.at == len(s.now) {
		return usual
	}
	if s.waiting < s.now[s.at].After {
		s.waiting++
		return usual
	}
	others := c.Enabled.Without(usual)
	other := others.Member(int(s.now[s.at].Other) % others.Len())
	s.at, s.waiting = s.at+1, 0
	return other
}

// String implements [schedules.Strategy].
func (s *switching) String() string { return "switches of fuzz input" }
