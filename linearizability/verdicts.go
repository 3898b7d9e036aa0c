package linearizability

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"

	"annulus/linearizability/history"
	"annulus/model"
)

// verdicts judges the histories of one program, none of them twice.
type verdicts struct {
	judge    *history.Judge
	readings readings
	prints   fingerprinter
	known    map[fingerprint]*history.Judgement
	seen     []historyMark // of the histories in known
}

func newVerdicts(ring model.Config, names history.Names) *verdicts {
	return &verdicts{judge: history.NewJudge(ring, names), prints: newFingerprinter(), known: map[fingerprint]*history.Judgement{}}
}

// of judges the history.
func (v *verdicts) of(h *recorder) *history.Judgement {
	print := v.prints.of(h)
	known, ok := v.known[print]
	if !ok {
		v.seen = append(v.seen, v.prints.mark())
		known = v.decide(h.ordered())
		v.known[print] = known
	}
	return known
}

// decide judges an ordered history without looking for a known verdict.
func (v *verdicts) decide(h *recorder) *history.Judgement {
	j := v.judge.Judge(v.readings.of(h))
	if j.Verdict == history.NotLinearizable && v.readings.none(h) {
		j.Reason = fmt.Sprintf("%d blocks were evicted without a callback, and no operation can have done that", h.hidden)
	}
	return &j
}

// distinct returns how many different histories have been judged.
func (v *verdicts) distinct() int { return len(v.known) }

// fingerprint identifies a history among all that this process judges: two
// independent hashes of its canonical form, 128 bits together.
type fingerprint [2]uint64

// fingerprinter computes fingerprints. It reuses its memory.
type fingerprinter struct {
	seeds [2]maphash.Seed
	buf   []byte
}

func newFingerprinter() fingerprinter {
	return fingerprinter{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

func (f *fingerprinter) of(h *recorder) fingerprint {
	f.buf = h.canonical(f.buf[:0])
	return fingerprint{maphash.Bytes(f.seeds[0], f.buf), maphash.Bytes(f.seeds[1], f.buf)}
}

// historyMark identifies a history among all that are judged anywhere: the
// beginning of the SHA-256 of its canonical form.
type historyMark [16]byte

// mark returns the mark of the history whose fingerprint was computed last. It is computed
// for new histories only, since it takes longer than a fingerprint.
func (f *fingerprinter) mark() historyMark {
	sum := sha256.Sum256(f.buf)
	return historyMark(sum[:len(historyMark{})])
}

// encodeMarks returns the marks, 16 bytes each in ascending order.
func encodeMarks(marks []historyMark) []byte {
	slices.SortFunc(marks, func(a, b historyMark) int { return bytes.Compare(a[:], b[:]) })
	var data []byte
	for _, m := range marks {
		data = append(data, m[:]...)
	}
	return data
}

// canonical appends the canonical form of the history to b. Different histories have
// different forms: every field is there, in an encoding that shows where it ends. A
// history has the same form as h.ordered() of it, whose memory is not needed for that.
func (h *recorder) canonical(b []byte) []byte {
	for _, n := range [...]int{len(h.entries), len(h.gaps), len(h.sweeps), h.hidden} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	tasks := h.tasks()
	for task := range tasks {
		for i := range h.entries {
			if e := &h.entries[i]; e.Task == task {
				b = append(encode(e, b), bit(slices.Contains(h.ends, i)))
				b = encodeRest(h.batchOf(i), b)
			}
		}
	}
	for task := range tasks {
		for i := range h.gaps {
			if g := &h.gaps[i]; g.task == task {
				b = append(b, bit(i < h.searched))
				for _, v := range [...]int{task, h.sweepOfTask(g.sweep), int(g.call), int(g.reply), g.n, int(g.worker)} {
					b = binary.AppendUvarint(b, uint64(v))
				}
			}
		}
	}
	for task := range tasks {
		for _, s := range h.sweeps {
			if s.task == task {
				b = binary.AppendVarint(binary.AppendUvarint(b, uint64(task)), s.bytes)
			}
		}
	}
	return b
}

// encodeRest appends what may have been left of a batch.
func encodeRest(end *batchEnd, b []byte) []byte {
	if end == nil {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(end.rest)))
	for _, a := range end.rest {
		b = binary.AppendUvarint(b, uint64(a))
	}
	return b
}

// sweepOfTask returns the number of a sweep, given by its index, among those of
// its task.
func (h *recorder) sweepOfTask(index int) int {
	n := 0
	for _, s := range h.sweeps[:index] {
		if s.task == h.sweeps[index].task {
			n++
		}
	}
	return n
}

// encode appends the canonical form of an entry to b.
func encode(e *history.Entry, b []byte) []byte {
	o := &e.Op
	b = append(b, byte(o.Kind), byte(o.Outcome), byte(o.Cause), byte(o.State), bit(o.InRegion))
	for _, v := range [...]uint64{
		uint64(e.Task),
		uint64(e.Call), uint64(e.Return), uint64(o.Gen), uint64(o.Evictor),
		uint64(o.Worker), uint64(o.Addr), uint64(o.N), o.Size, o.Tag,
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
