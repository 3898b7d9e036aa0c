package linearizability

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"annulus/model"
)

// fingerprint identifies a history among all that a process judges: two
// independent hashes of its canonical form, 128 bits together.
type fingerprint [2]uint64

// fingerprinter computes fingerprints. Its memory is used again.
type fingerprinter struct {
	seeds [2]maphash.Seed
	buf   []byte
}

func newFingerprinter() fingerprinter {
	return fingerprinter{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

func (f *fingerprinter) of(h *history) fingerprint {
	f.buf = h.canonical(f.buf[:0])
	return fingerprint{maphash.Bytes(f.seeds[0], f.buf), maphash.Bytes(f.seeds[1], f.buf)}
}

// canonical appends the canonical form of the history to b. Different histories
// have different forms: every field is there, in a code that shows where it
// ends.
//
// The entries stand task by task, each task's in the order of its operations.
// In which order tasks have recorded theirs says nothing beyond the ranks.
func (h *history) canonical(b []byte) []byte {
	tasks := 0
	for i := range h.entries {
		tasks = max(tasks, h.entries[i].Task+1)
	}
	b = binary.AppendUvarint(b, uint64(len(h.entries)))
	for task := range tasks {
		for i := range h.entries {
			if e := &h.entries[i]; e.Task == task {
				b = append(e.encode(b), bit(slices.Contains(h.ends, i)))
			}
		}
	}
	b = binary.AppendUvarint(b, uint64(len(h.gaps)))
	for i := range h.gaps {
		g := &h.gaps[i]
		for _, v := range [...]int{g.task, g.sweep, int(g.call), int(g.reply), g.n} {
			b = binary.AppendUvarint(b, uint64(v))
		}
	}
	for _, bytes := range h.sweeps {
		b = binary.AppendVarint(b, bytes)
	}
	b = binary.AppendUvarint(b, uint64(h.searched))
	return binary.AppendUvarint(b, uint64(h.hidden))
}

func (e *Entry) encode(b []byte) []byte {
	o := &e.Op
	b = append(b, byte(o.Kind), byte(o.Outcome), byte(o.Cause), byte(o.State), bit(o.InRegion))
	for _, v := range [...]uint64{
		uint64(e.Task),
		uint64(e.Call), uint64(e.Return), uint64(o.Gen), uint64(o.Evictor),
		uint64(o.Addr), uint64(o.N), o.Size, o.Tag,
	} {
		b = binary.AppendUvarint(b, v)
	}
	if o.Seen == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	for _, a := range [...]model.Addr{o.Seen.Head, o.Seen.Evicting, o.Seen.Tail} {
		b = binary.AppendUvarint(b, uint64(a))
	}
	b = append(b, bit(o.Seen.Blocks != nil))
	b = binary.AppendUvarint(b, uint64(len(o.Seen.Blocks)))
	for i := range o.Seen.Blocks {
		k := &o.Seen.Blocks[i]
		b = append(b, byte(k.State), bit(k.Filler))
		for _, v := range [...]uint64{uint64(k.Addr), k.Size, k.Tag, uint64(k.Gen)} {
			b = binary.AppendUvarint(b, v)
		}
	}
	return b
}

func bit(v bool) byte {
	if v {
		return 1
	}
	return 0
}
