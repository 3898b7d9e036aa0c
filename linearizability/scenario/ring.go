package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"annulus/buffer"
	"annulus/model"
)

// Ring is the configuration of the buffer, and of the model that judges it.
type Ring struct {
	Capacity          int   // bytes
	Classes           []int // bytes, ascending
	CopyOnAccessBytes int   // size of the region
	// EvictPatience is how often an eviction looks before it gives up, also with the
	// program's context; 0 is no limit.
	EvictPatience int
	DiscardLive   bool

	// EvictBatch is how many blocks AllocOrEvict may evict at once, and WorkerBytes how
	// much all Workers together may keep. 0 is the buffer's default, which for small rings
	// is one block, and nothing.
	EvictBatch, WorkerBytes int
}

// Buffer returns the configuration of the buffer, which is to use the given memory.
func (r *Ring) Buffer(memory []byte) buffer.Config {
	return buffer.Config{
		Capacity:          r.Capacity,
		Classes:           r.Classes,
		CopyOnAccessBytes: r.CopyOnAccessBytes,
		Memory:            memory,
		EvictPatience:     r.EvictPatience,
		DiscardLive:       r.DiscardLive,
		EvictBatch:        r.EvictBatch,
		WorkerBytes:       r.WorkerBytes,
	}
}

// Model returns the configuration of the model of the ring.
func (r *Ring) Model() model.Config {
	c := model.Config{
		Capacity:          uint64(r.Capacity),
		CopyOnAccessBytes: uint64(r.CopyOnAccessBytes),
		DiscardLive:       r.DiscardLive,
		Batch:             r.batch(),
	}
	for _, size := range r.Classes {
		c.Classes = append(c.Classes, uint64(size))
	}
	return c
}

// batch returns how many blocks the buffer may reserve at once, 0 meaning 1.
func (r *Ring) batch() int {
	if r.EvictBatch > 0 || len(r.Classes) == 0 || r.Classes[0] <= 0 {
		return r.EvictBatch
	}
	return min(defaultBatch, r.Capacity/defaultPart/r.Classes[0])
}

// The buffer's defaults: the blocks of a batch, and the part of the ring that they, or all
// spare blocks of Workers, may be.
const (
	defaultBatch = 16
	defaultPart  = 64
)

// KeptBytes returns how many bytes the spare blocks of all Workers may have together.
func (r *Ring) KeptBytes() int {
	if r.WorkerBytes > 0 {
		return r.WorkerBytes
	}
	return r.Capacity / defaultPart
}

// fills reports whether there may be fillers.
func (r *Ring) fills() bool {
	return len(r.Classes) > 1 || r.Capacity%r.Classes[0] != 0
}

// String returns the text form of the configuration.
func (r Ring) String() string {
	parts := []string{fmt.Sprintf("%d bytes", r.Capacity), "classes" + numbers(r.Classes)}
	if r.CopyOnAccessBytes != 0 {
		parts = append(parts, fmt.Sprintf("copy-on-access %d", r.CopyOnAccessBytes))
	}
	if r.EvictPatience != 0 {
		parts = append(parts, fmt.Sprintf("patience %d", r.EvictPatience))
	}
	if r.DiscardLive {
		parts = append(parts, "discard live")
	}
	if r.EvictBatch != 0 {
		parts = append(parts, fmt.Sprintf("batch %d", r.EvictBatch))
	}
	if r.WorkerBytes != 0 {
		parts = append(parts, fmt.Sprintf("worker bytes %d", r.WorkerBytes))
	}
	return strings.Join(parts, ", ")
}

// Describe returns the configuration in words, for people.
func (r Ring) Describe() string {
	classes := strings.ReplaceAll(strings.TrimSpace(numbers(r.Classes)), " ", " or ")
	text := fmt.Sprintf("a ring of %d bytes, blocks of %s", r.Capacity, classes)
	if r.CopyOnAccessBytes != 0 {
		text += fmt.Sprintf(", copy-on-access in the %d next to eviction", r.CopyOnAccessBytes)
	}
	if r.EvictPatience != 0 {
		text += fmt.Sprintf(", evictions look %d times before they give up", r.EvictPatience)
	}
	if r.DiscardLive {
		text += ", Close discards live blocks"
	}
	if r.EvictBatch > 1 {
		text += fmt.Sprintf(", up to %d blocks evicted at once to make room", r.EvictBatch)
	}
	if r.WorkerBytes != 0 {
		text += fmt.Sprintf(", Workers keep up to %d bytes", r.WorkerBytes)
	}
	return text
}

func numbers(list []int) string {
	var b strings.Builder
	for _, n := range list {
		fmt.Fprintf(&b, " %d", n)
	}
	return b.String()
}

func parseRing(text string) (Ring, error) {
	var r Ring
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		var err error
		switch {
		case len(words) == 2 && words[1] == "bytes":
			r.Capacity, err = number(words[0])
		case len(words) > 1 && words[0] == "classes":
			r.Classes, err = parseNumbers(words[1:])
		case len(words) == 2 && words[0] == "copy-on-access":
			r.CopyOnAccessBytes, err = number(words[1])
		case len(words) == 2 && words[0] == "patience":
			r.EvictPatience, err = number(words[1])
		case slices.Equal(words, []string{"discard", "live"}):
			r.DiscardLive = true
		case len(words) == 2 && words[0] == "batch":
			r.EvictBatch, err = number(words[1])
		case len(words) == 3 && words[0] == "worker" && words[1] == "bytes":
			r.WorkerBytes, err = number(words[2])
		default:
			err = unexpected(strconv.Quote(strings.TrimSpace(part)), "a property of a ring, such as 512 bytes, classes 64 128, "+
				"copy-on-access 64, patience 4, discard live, batch 3, worker bytes 128")
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
