package linearizability

import (
	"context"
	"testing"

	"annulus/linearizability/history"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// BenchmarkVerify explores scenarios of two tasks at random, judgement included,
// on one processor.
func BenchmarkVerify(b *testing.B) {
	for _, p := range scenario.Suite() {
		switch p.Name {
		case "free-vs-evict", "evict-vs-evict", "reuse-vs-free", "failing-callback-vs-free", "drain-vs-alloc", "wrap-filler-vs-evict":
		default:
			continue
		}
		b.Run(p.Name, func(b *testing.B) {
			x, err := newExploration(&p)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			strategy, n := schedules.Mixture(1), int64(0)
			for b.Loop() {
				r := schedules.Explore(context.Background(), x.driver.run, schedules.Config{Strategy: strategy, Schedules: 100, NoRepeat: true})
				if r.Failure != nil {
					b.Fatal(r.Failure.Describe())
				}
				n += r.Schedules
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "schedules/s")
			b.ReportMetric(float64(x.driver.judge.distinct()), "histories")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkJudge judges one history, which it has not judged before.
func BenchmarkJudge(b *testing.B) {
	p := scenario.MustParse(heldProgram)
	x, err := newExploration(&p)
	if err != nil {
		b.Fatal(err)
	}
	schedules.Explore(context.Background(), x.driver.run, schedules.Config{Strategy: schedules.Random(1), Schedules: 1})
	h := &x.driver.hist
	b.ReportAllocs()
	for b.Loop() {
		if v := x.driver.judge.decide(h); v.Verdict != history.Linearizable {
			b.Fatal(v.Reason)
		}
	}
	b.ReportMetric(float64(len(h.entries)), "operations")
}
