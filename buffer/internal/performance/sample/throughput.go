package sample

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// stride is how many operations a goroutine does between looks at the flag that stops it.
const stride = 64

// subject is opened for one workload, is as full as that wants it, and has a loop for each
// goroutine, which does n operations. close may be nil.
type subject struct {
	loops []func(n int) error
	close func() error
}

var open = map[string]func(Spec) (subject, error){
	Ring: openRing, Workers: openRing, Pool: openPool, Slab: openSlab,
	Fastcache: openCache, Freecache: openCache, Bigcache: openCache, Otter: openCache,
}

// throughput runs all loops at once, and divides the time by the operations of all.
func throughput(r *Result) error {
	opening := open[r.Spec.Subject]
	if opening == nil {
		return fmt.Errorf("there is no subject %q", r.Spec.Subject)
	}
	s, err := opening(r.Spec)
	if err != nil {
		return err
	}
	operations, wall, err := together(s.loops, r.Spec.Time)
	if err != nil {
		return err
	}
	r.Ns = float64(wall.Nanoseconds()) / float64(operations)
	if s.close != nil {
		return s.close()
	}
	return nil
}

// together runs each loop on a goroutine of its own for so long, and returns the
// operations of all, and the time until the last one has stopped.
func together(loops []func(n int) error, d time.Duration) (operations int64, wall time.Duration, err error) {
	var stop atomic.Bool
	var total atomic.Int64
	var done sync.WaitGroup
	begin, failed := make(chan struct{}), make([]error, len(loops))
	for i, loop := range loops {
		done.Go(func() {
			<-begin
			var n int64
			n, failed[i] = until(&stop, loop)
			total.Add(n)
		})
	}
	start := time.Now()
	close(begin)
	time.Sleep(d)
	stop.Store(true)
	done.Wait()
	wall = time.Since(start)
	for _, err := range failed {
		if err != nil {
			return 0, 0, err
		}
	}
	return total.Load(), wall, nil
}

// until calls loop at least once, until stop is set or it fails, and returns how many
// operations it was asked for.
func until(stop *atomic.Bool, loop func(n int) error) (operations int64, err error) {
	for {
		err := loop(stride)
		operations += stride
		if err != nil || stop.Load() {
			return operations, err
		}
	}
}

// random is a xorshift generator; its seed must not be 0.
type random uint64

func (r *random) next() uint64 {
	x := uint64(*r)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = random(x)
	return x
}

// classes are the sizes of mixed workloads.
var classes = []int{128, 192, 320, 640, 1216, 2048}

// sizes is an endless stream of sizes for a goroutine.
type sizes struct {
	of []int // a power of two of them
	at int
}

func (s *sizes) next() int {
	s.at++
	return s.of[s.at&(len(s.of)-1)]
}

// sizesOf returns those of W2, 256 bytes, of W2m, uniform from 128 to 2048, and of the W3s.
func sizesOf(workload string, goroutine int) *sizes {
	s := &sizes{of: make([]int, 4096), at: goroutine * 997}
	seed := random(0x9E3779B97F4A7C15)
	for i := range s.of {
		switch workload {
		case "W2":
			s.of[i] = 256
		case "W2m":
			s.of[i] = 128 + int(seed.next()%1921)
		case "W3-mix":
			s.of[i] = classes[seed.next()>>32%6]
		default:
			s.of[i] = 320
		}
	}
	return s
}
