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

	// StrictLIFO has the model demand that the block freed last is reused first. The
	// buffer does so, but does not promise it.
	StrictLIFO bool
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
	}
}

// Model returns the configuration of the model of the ring.
func (r *Ring) Model() model.Config {
	c := model.Config{
		Capacity:          uint64(r.Capacity),
		CopyOnAccessBytes: uint64(r.CopyOnAccessBytes),
		DiscardLive:       r.DiscardLive,
		StrictLIFO:        r.StrictLIFO,
	}
	for _, size := range r.Classes {
		c.Classes = append(c.Classes, uint64(size))
	}
	return c
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
	if r.StrictLIFO {
		parts = append(parts, "strict LIFO")
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
		case slices.Equal(words, []string{"strict", "LIFO"}):
			r.StrictLIFO = true
		default:
			err = unexpected(strconv.Quote(strings.TrimSpace(part)), "a property of a ring, such as 512 bytes, classes 64 128, "+
				"copy-on-access 64, patience 4, discard live, strict LIFO")
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
