package fuzz

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"annulus/buffer"

	"github.com/stretchr/testify/require"
)

// hostile is a program whose steps are of type Op or intrusion.
type hostile struct {
	Config Config
	steps  []any
}

// firstTrick is the first byte of an intrusion; lower ones begin an Op.
const firstTrick = 128

// decodeHostile returns what data stands for. Every input stands for something.
//
// After the configuration a byte below firstTrick begins an operation, as in
// [Decode]. Any other picks a trick, and is followed by its operands.
func decodeHostile(data []byte) hostile {
	d := decoder{data: data, left: maxOps}
	var c [configBytes]byte
	for i := range c {
		c[i] = d.next()
	}
	p := hostile{Config: decodeConfig(c)}
	for len(d.data) > 0 && d.left > 0 {
		if d.data[0] < firstTrick {
			p.steps = append(p.steps, d.op(1))
			continue
		}
		d.left--
		i := intrusion{how: trick((d.next() - firstTrick) % byte(tricks)), pick: d.next(), by: d.next()}
		var a [8]byte
		for k := range i.bytes() {
			a[k] = d.next()
		}
		i.any = binary.LittleEndian.Uint64(a[:])
		p.steps = append(p.steps, i)
	}
	return p
}

// encode is the inverse of decodeHostile.
func (p hostile) encode() []byte {
	c := p.Config.encode()
	e := encoder{data: c[:], left: maxOps}
	for _, s := range p.steps {
		switch s := s.(type) {
		case Op:
			e.op(s, 1)
		case intrusion:
			e.data = append(e.data, firstTrick+byte(s.how), s.pick, s.by)
			e.data = append(e.data, binary.LittleEndian.AppendUint64(nil, s.any)[:s.bytes()]...)
		}
	}
	return e.data
}

// run runs the program, and the life of the ring to its end, after which its
// references are tried once more.
func run(p hostile, log *strings.Builder) (*intruder, error) {
	in, err := newIntruder(p.Config)
	if err != nil {
		return nil, err
	}
	in.log = log
	for _, s := range p.steps {
		switch s := s.(type) {
		case Op:
			err = in.Do(s)
		case intrusion:
			err = in.do(s)
		}
		if err != nil {
			return in, err
		}
	}
	in.intrude = nil // or it takes what Drain is to evict
	if err := in.Finish(); err != nil {
		return in, err
	}
	for how := range disguise {
		if err := in.do(intrusion{how: how, by: 1}); err != nil {
			return in, err
		}
	}
	return in, nil
}

// hostileSeeds are the seeds of FuzzRefs.
func hostileSeeds() map[string]hostile {
	join := func(c Config, parts ...any) hostile {
		p := hostile{Config: c}
		for _, part := range parts {
			if list, ok := part.([]Op); ok {
				for _, op := range list {
					p.steps = append(p.steps, op)
				}
				continue
			}
			p.steps = append(p.steps, part)
		}
		return p
	}
	all := func(pick, by uint8) (list []any) {
		for how := range disguise {
			list = append(list, intrusion{how: how, pick: pick, by: by, any: 3})
		}
		return list
	}
	with := func(c Config, pick, by uint8, parts ...any) hostile {
		p := join(c, parts...)
		p.steps = append(p.steps, all(pick, by)...)
		return p
	}
	reused := []Op{alloc(0), release(0), tombstone(0), free(0), alloc(0), release(0)}
	fill := slices.Concat(published(0), published(0), published(0), published(0))
	lap := slices.Concat(fill, []Op{many(Drain, 0)}, published(0))
	dress := func(pick, by uint8, any uint64) intrusion { return intrusion{disguise, pick, by, any} }
	listed := []Op{tombstone(3), free(0), tombstone(1), free(0), alloc(0), release(0), evict(Accept), alloc(0)}
	return map[string]hostile{
		"empty-ring":         with(four, 0, 1),
		"stale-generation":   with(four, 1, 3, reused),
		"next-generation":    with(four, 0, 5, reused),
		"former-lap":         with(four, 0, 1, lap),
		"later-lap":          with(four, 4, 3, lap),
		"any-of-it":          with(four, 0, 0, lap),
		"guard-held":         with(mixed, 0, 3, alloc(2), alloc(1)),
		"inside-of-a-block":  with(mixed, 0, 2, published(2), published(1)),
		"filler":             with(mixed, 2, 2, published(2), published(1), evict(Accept), alloc(2), release(0)),
		"freed":              with(four, 1, 1, fill, tombstone(2), free(0), tombstone(1), free(0)),
		"in-callbacks":       join(four, fill, intrusion{how: otherLife, pick: 0, by: 3}, evict(Accept), intrusion{how: lateRight}, evict(Fail), intrusion{how: guessedBlock, pick: 1, by: 2}, evict(Panic)),
		"dressed-as-before":  with(four, 0, 255, dress(0, 1, 0), reused),
		"dressed-last-lap":   with(four, 0, 255, dress(0, 2, 0), lap),
		"dressed-as-it-is":   with(four, 0, 1, dress(0, 0, 0), reused),
		"dressed-as-another": with(four, 0, 1, dress(1, 3, 0), fill, listed),
		"dressed-as-listed":  with(four, 0, 1, dress(1, 4, 2), fill, listed),
		"dressed-as-first":   with(four, 0, 1, dress(0, 5, 1), fill, listed),
		"dressed-as-last":    with(four, 0, 1, dress(0, 6, 1), fill, listed),
		"dressed-as-ref":     with(copied, 0, 1, dress(0, 7, 1<<40+64), fill, listed),
		"lap-in-more-bits":   join(four, published(0), intrusion{otherLap, 0, 0, 1 << 32}, intrusion{otherLap, 0, 0, 1 << 34}, intrusion{otherLap, 0, 0, 1 << 35}),
		"closed":             with(discard, 0, 2, published(0), tombstone(0), free(0), published(1), closing()),
		"slots-beyond-end":   join(mixed, published(0), intrusion{otherSlot, 0, 0, 11}, intrusion{otherSlot, 0, 0, 15}, intrusion{otherSlot, 0, 0, 1 << 35}),
	}
}

// The committed corpus is what hostileSeeds returns. Rewrite it with -update.
func TestHostileCorpus(t *testing.T) {
	inputs := map[string][]byte{}
	for name, p := range hostileSeeds() {
		inputs[name] = p.encode()
		require.Equal(t, p.encode(), decodeHostile(p.encode()).encode(), name)
	}
	requireCorpus(t, "FuzzRefs", inputs)
}

// Together the seeds use every trick, and have every answer.
func TestHostileSeedsReachEverything(t *testing.T) {
	tally := map[string]int{}
	var log strings.Builder
	for name, p := range hostileSeeds() {
		in, err := run(p, &log)
		require.NoError(t, err, "%s\n%s", name, log.String())
		for k, n := range in.tally {
			tally[k] += n
		}
	}
	for _, name := range trickNames[:lateRight] {
		require.Positive(t, tally[name], "a forged reference of the kind: %s", name)
	}
	require.Positive(t, tally["issued"])
	require.Contains(t, log.String(), buffer.ErrForeign.Error())
	require.Contains(t, log.String(), buffer.ErrStale.Error())
	for _, late := range []string{"late Guard", "late Handle", "late Block", "zero value"} {
		require.Contains(t, log.String(), late)
	}
	t.Log(fmt.Sprint(tally))
}
