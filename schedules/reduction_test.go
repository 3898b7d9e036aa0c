package schedules_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"annulus/schedules"
)

// special are programs of which a random choice may have none like them.
var special = []reducible{
	{{"r"}, {"w"}},
	{{"M", "M", "l0"}, {"P"}},
	{{"e", "s01", "d"}, {"d", "D", "l0"}},
	{{"Z"}, {"z"}},
	{{"d", "e", "d", "l0"}, {"(", "d", "l0", ")", "e", "l0"}},
	{{"f"}, {"q"}, {"q"}},
	{{"t", "t"}, {"P"}},
	{{"o", "l0"}, {"o", "l0"}, {"s01"}},
	{{"(", "P", ")"}, {"(", "P", ")"}, {"(", "l0", ")"}},
	{{"g01", "g11"}, {"s01"}, {"s11"}},
	{{"k"}, {"K"}},
	{{"Z", "l0"}, {"Z"}, {"z"}},
	{{"q", "s01"}, {"q", "l0"}, {"f", "z"}},
	{{"U1", "U2", "G"}, {"G"}},
	{{"U1", "G", "a01"}, {"G", "l0"}, {"U2"}},
	{{"Ts01", "Ts11", "Tr"}, {"Td0", "Ts02"}},
	{{"Ts01", "Tr", "l0"}, {"Ts11", "s01"}, {"TC"}},
	{{"Tl0", "Tl1"}, {"Tl0", "To01"}, {"Tc012"}},
	{{"V", "V"}, {"W1"}, {"X12"}},
	{{"u0", "D", "l0"}, {"u0"}},
	{{"R", "l0"}, {"b"}, {"s01"}},
	{{"R"}, {"b", "R"}, {"R", "b"}},
	{{"R"}, {"R", "d", "q", "b"}, {"D", "b", "f"}},
	{{"L", "l0"}, {"A", "E"}},
	{{"i1", "l0"}, {"i1", "l0"}, {"i1", "s01"}},
	{{"i1", "I1"}, {"D", "l0"}, {"s01"}},
	{{"I1", "l0"}, {"D", "s01"}},
	{{"(", "J", ")", "J"}, {"D", "J"}, {"(", "i1", ")"}},
	{{"s11"}, {"N", "(", "i1", ")", "i1"}, {"D", "s11", "r"}},
	{{"S"}, {"i1", "i1", "G"}, {"D", "S"}},
	{{"~0", "("}, {"P", "c001", "s01"}, {"("}},
	{{"~0", "(", "?0"}, {"~1", "a01"}, {"(", "H0"}},
	{{"!", "?0"}, {"!", "a01"}, {"h0", "H0"}},
	{{"Y", "V"}, {"W1"}},
	{{"S", "l0"}, {"o"}},
}

var (
	moreReductions = flag.Int("reductions", 0, "random programs for TestReductionsKeepOutcomes, in place of its sample")
	reductionSeed  = flag.Uint64("reductions.seed", 4, "which programs these are")
)

// Every reduction leaves the outcomes of plain enumeration as they are. The sample is 160
// random programs, every fourth of which misuses what it uses; that it fails is an
// outcome.
func TestReductionsKeepOutcomes(t *testing.T) {
	programs := 160
	if testing.Short() {
		programs = 50
	}
	if *moreReductions > 0 {
		programs = *moreReductions
	}
	r := rand.New(rand.NewPCG(3, *reductionSeed))
	most := 2_000
	executions, classes, reduced, redundant := 0, 0, 0, 0
	for n := 0; n < programs+len(special) && !t.Failed(); { // one program that fails says enough
		p := randomReducible(r, n%4 == 0)
		if n < len(special) {
			p = special[n]
		}
		plain := p.explore(schedules.Config{Strategy: schedules.DFS(-1), NoParking: true}, 4, most)
		if plain.capped {
			if n < len(special) {
				t.Fatalf("%v has more than %d executions", p, most)
			}
			continue
		}
		if p.waits() {
			// Waiting without end is cut off above. With parking it ends as a livelock.
			parked := p.explore(schedules.Config{Strategy: schedules.DFS(-1)}, 0, 10*most)
			if parked.capped {
				continue
			}
			requireOutcomes(t, p, "parking", parked.withoutLivelocks(), plain)
			plain.outcomes = parked.outcomes
		}
		if n++; n == len(special) && *moreReductions > 0 {
			most = 200 // small programs, many of them
		}
		dpor := p.explore(schedules.Config{Strategy: schedules.DPOR()}, 0, most)
		executions += plain.executions
		classes += len(plain.classes)
		reduced += dpor.executions
		redundant += dpor.redundant
		requireOutcomes(t, p, "DPOR", dpor, plain)
		requireOutcomes(t, p, "search", p.explore(schedules.Config{Strategy: schedules.Search(1)}, 0, 0), plain)
		for bound := -1; bound < 3; bound++ {
			cached := p.explore(schedules.Config{Strategy: schedules.CachedDFS(bound)}, 0, 0)
			want := plain
			if bound >= 0 {
				want = p.explore(schedules.Config{Strategy: schedules.DFS(bound), NoParking: !p.waits()}, 0, 0)
			}
			name := fmt.Sprint("cached, bound ", bound)
			requireOutcomes(t, p, name, cached, want)
			if !p.waits() && !maps.Equal(cached.classes, want.classes) {
				t.Errorf("%v, %s: %d classes, expected %d", p, name, len(cached.classes), len(want.classes))
			}
		}
		if p.onePerClass(plain) && !maps.Equal(dpor.classes, plain.classes) {
			t.Errorf("%v: DPOR has reached %d classes of %d", p, len(dpor.classes), len(plain.classes))
		}
		// A step in which something is picked does not sleep.
		if p.onePerClass(plain) && !plain.picked && dpor.executions-dpor.redundant != len(plain.classes) {
			t.Errorf("%v: DPOR has %d executions, %d of them redundant, and there are %d classes",
				p, dpor.executions, dpor.redundant, len(plain.classes))
		}
	}
	t.Logf("%d programs, %d executions, %d classes; DPOR: %d executions, %d of them redundant", programs+len(special), executions, classes, reduced, redundant)
}

func requireOutcomes(t *testing.T, p reducible, name string, got, want explored) {
	t.Helper()
	if maps.Equal(got.outcomes, want.outcomes) {
		return
	}
	for o := range want.outcomes {
		if !got.outcomes[o] {
			t.Errorf("%v, %s: there is no execution with outcome %s", p, name, o)
		}
	}
	for o := range got.outcomes {
		if !want.outcomes[o] {
			t.Errorf("%v, %s: there should be no execution with outcome %s", p, name, o)
		}
	}
}
