package schedules_test

import (
	"context"
	"errors"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/sync"
)

// journal keeps records until they are on the disk.
type journal struct {
	mu      sync.Mutex
	pending []string
}

func (j *journal) add(record string) {
	j.mu.Lock()
	j.pending = append(j.pending, record)
	j.mu.Unlock()
}

// flush writes without the lock, and puts back what could not be written.
func (j *journal) flush(write func(records []string) error) {
	j.mu.Lock()
	batch := j.pending
	j.pending = nil
	j.mu.Unlock()
	if write(batch) != nil {
		j.mu.Lock()
		j.pending = batch // where others have added meanwhile
		j.mu.Unlock()
	}
}

// A journal loses a record if the disk fails while another is added. Whether the disk fails
// is no matter of schedules, so that the test asks for it.
func ExampleS_Choose() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var j journal
		var disk []string
		write := func(records []string) error {
			if s.Choose(2) == 1 {
				return errors.New("input/output error")
			}
			disk = append(disk, records...)
			return nil
		}
		j.add("a")
		s.Go("flusher", func() { j.flush(write) })
		s.Go("writer", func() { j.add("b") })
		s.Wait()
		if n := len(disk) + len(j.pending); n != 2 {
			s.Errorf("%d of 2 records are left", n)
		}
	}, schedules.Config{})
	fmt.Println(r.Failure)
	fmt.Println(r.Failure.Trace)
	// Output:
	// property: 1 of 2 records are left
	// step     main        flusher          writer
	//        . main sets up in steps 1 to 2: Lock j.mu, Unlock j.mu
	//    3  >              Lock j.mu                    example_disk_test.go:26
	//    4                 Unlock j.mu                  example_disk_test.go:29
	//    5                 Choose = 1 of 2              example_disk_test.go:44
	//    7  *                               Lock j.mu   example_disk_test.go:19
	//    8                                  Unlock j.mu example_disk_test.go:21
	//    9  >              Lock j.mu                    example_disk_test.go:31
	//   10                 Unlock j.mu                  example_disk_test.go:33
	//   11  >  wait for all                             example_disk_test.go:53
	//          ✗ 1 of 2 records are left                example_disk_test.go:55
	// * preempts   > goes on
}
