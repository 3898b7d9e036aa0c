// Package sample takes one measurement of one subject: ours, or what users would pick
// instead. Each is meant to be taken in a process of its own.
package sample

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"annulus/buffer/internal/performance/figures"
)

// The kinds of samples.
const (
	Throughput = "throughput" // a workload, on so many goroutines
	Freed      = "W4"         // freed blocks are evicted
	Latency    = "latency"    // of Alloc and EvictOne
	Callback   = "callback"   // latency of AllocOrEvict with a callback of 1 ms
	Memory     = "memory"     // resident memory, and time of a collection
	Costs      = "costs"      // of single instructions
	Steps      = "steps"      // how many of them an operation takes
)

// The subjects.
const (
	Ring      = "Buffer"
	Workers   = "Workers"
	Pool      = "sync.Pool"
	Slab      = "slab"
	Fastcache = "fastcache"
	Freecache = "freecache"
	Bigcache  = "bigcache"
	Otter     = "otter"
)

// Subjects lists all in the order in which they are shown.
var Subjects = []string{Ring, Workers, Pool, Slab, Fastcache, Freecache, Bigcache, Otter}

// Workloads lists those of Throughput.
var Workloads = []string{"W1", "W2", "W2m", "W3", "W3-mix"}

// Orders lists those in which the blocks of Freed are freed: the oldest last, first, or
// anywhere.
var Orders = []string{"last", "first", "random"}

// Spec says what is measured. What a kind does not need is zero.
type Spec struct {
	Kind       string        `json:"kind"`
	Subject    string        `json:"subject,omitempty"`
	Workload   string        `json:"workload,omitempty"`
	MiB        int           `json:"mib,omitempty"` // capacity
	Goroutines int           `json:"goroutines,omitempty"`
	Procs      int           `json:"procs"` // GOMAXPROCS
	Order      string        `json:"order,omitempty"`
	N          int           `json:"n,omitempty"` // blocks
	Time       time.Duration `json:"time,omitempty"`
}

// String names the spec without its time, as in throughput/W1/8MiB/2goroutines/2procs/slab.
func (s Spec) String() string {
	parts := []string{s.Kind}
	add := func(there bool, part string) {
		if there {
			parts = append(parts, part)
		}
	}
	add(s.Workload != "", s.Workload)
	add(s.Order != "", s.Order)
	add(s.N > 0, fmt.Sprint(s.N))
	add(s.MiB > 0, fmt.Sprintf("%dMiB", s.MiB))
	add(s.Goroutines > 0, fmt.Sprintf("%dgoroutines", s.Goroutines))
	add(true, fmt.Sprintf("%dprocs", s.Procs))
	add(s.Subject != "", s.Subject)
	return strings.Join(parts, "/")
}

// Result is what was measured.
type Result struct {
	Spec       Spec                          `json:"spec"`
	Skipped    string                        `json:"skipped,omitempty"` // why the subject cannot do it
	CAS        float64                       `json:"cas,omitempty"`     // ns of a compare-and-swap, at the same time
	Ns         float64                       `json:"ns,omitempty"`      // wall time by operations
	Values     map[string]float64            `json:"values,omitempty"`
	Histograms map[string]*figures.Histogram `json:"histograms,omitempty"`
}

// Cannot is the error of a subject that has nothing that does what the workload does. It
// says why.
type Cannot string

// Error returns the reason.
func (c Cannot) Error() string { return string(c) }

// Take takes the sample. It sets GOMAXPROCS.
func Take(s Spec) (Result, error) {
	if s.Procs > 0 {
		runtime.GOMAXPROCS(s.Procs)
	}
	take := map[string]func(*Result) error{
		Throughput: throughput, Freed: freed, Latency: latency, Callback: slowCallback,
		Memory: memory, Costs: costs, Steps: steps,
	}[s.Kind]
	if take == nil {
		return Result{}, fmt.Errorf("there is no kind %q", s.Kind)
	}
	r := Result{Spec: s, Values: map[string]float64{}, Histograms: map[string]*figures.Histogram{}}
	before := compareAndSwap()
	err := take(&r)
	r.CAS = (before + compareAndSwap()) / 2
	if cannot, ok := err.(Cannot); ok {
		r.Skipped, err = string(cannot), nil
	}
	return r, err
}
