package linearizability

import (
	"time"

	"annulus/schedules"
)

// job is an exploration of one program that a worker is to do.
type job struct {
	Scenario string        `json:"scenario"`
	Sample   bool          `json:"sample"` // explore at random; otherwise depth-first
	Bound    int           `json:"bound"`
	Seed     uint64        `json:"seed"`
	Keep     bool          `json:"keep"` // what Merge needs
	Time     time.Duration `json:"time"`
	Dir      string        `json:"dir"`
	Command  string        `json:"command"`

	Shard schedules.Shard `json:"shard"`
}

// reply is a message of a worker about its job: any number of them tell how far it is, and
// the last one, with Done, has the result or an error.
type reply struct {
	Done   bool   `json:"done"`
	Result Result `json:"result"`
	Error  string `json:"error,omitempty"`
}
