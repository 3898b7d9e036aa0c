package linearizability

import (
	"time"

	"annulus/schedules"
)

// job is a piece of work for a worker.
type job struct {
	Scenario string        `json:"scenario"`
	Sample   bool          `json:"sample"` // at random; otherwise depth-first
	Bound    int           `json:"bound"`
	Seed     uint64        `json:"seed"`
	Keep     bool          `json:"keep"` // what Merge needs
	Time     time.Duration `json:"time"`
	Dir      string        `json:"dir"`
	Command  string        `json:"command"`

	Shard schedules.Shard `json:"shard"`
}

// reply is a worker's answer to a job: any number of times how far it is, and at
// the end the result or an error.
type reply struct {
	Done   bool   `json:"done"`
	Result Result `json:"result"`
	Error  string `json:"error,omitempty"`
}
