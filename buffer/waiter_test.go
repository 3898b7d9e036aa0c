package buffer_test

import (
	"context"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// evicting are the operations that wait for the holder of the oldest block, which is all
// of a ring of four granules.
var evicting = map[string]func(*buffer.Buffer, context.Context) error{
	"EvictOne": func(b *buffer.Buffer, ctx context.Context) error { _, err := b.EvictOne(ctx, accept); return err },
	"EvictN":   func(b *buffer.Buffer, ctx context.Context) error { _, err := b.EvictN(ctx, 1, accept); return err },
	"Drain":    func(b *buffer.Buffer, ctx context.Context) error { return b.Drain(ctx, accept) },
	"AllocOrEvict": func(b *buffer.Buffer, ctx context.Context) error {
		g, err := b.AllocOrEvict(ctx, 256, accept)
		if err == nil {
			g.Release()
		}
		return err
	},
}

// manyLooks are more than the patience of a ring, and so many that some are made after a
// sleep.
const manyLooks = 1100

func impatient(c *buffer.Config) { c.EvictPatience = 2 }

// at returns a context that can end; something happens at the n-th look at it, and it ends
// long after.
func at(t *testing.T, n int, happens func()) context.Context {
	return during{t.Context(), func() error {
		switch n--; n {
		case 0:
			happens()
		case -1000:
			return context.Canceled
		}
		return nil
	}}
}

// With a context that can end, whoever waits does so until it does, and patience has no
// part in it.
func TestWaitWithAContextThatCanEnd(t *testing.T) {
	for name, evict := range evicting {
		t.Run(name+" for the holder of a block", func(t *testing.T) {
			t.Parallel()
			b := ring(t, 4, impatient)
			g, err := b.Alloc(256)
			require.NoError(t, err)
			require.NoError(t, evict(b, at(t, manyLooks, g.Release)))
		})
		t.Run(name+" for a holder who does not let go", func(t *testing.T) {
			t.Parallel()
			b := ring(t, 4, impatient)
			g, err := b.Alloc(256)
			require.NoError(t, err)
			ctx := &attempts{t.Context(), manyLooks}
			err = evict(b, ctx)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, buffer.ErrInterrupted)
			require.NotErrorIs(t, err, buffer.ErrPatience)
			require.Zero(t, ctx.left)
			g.Release()
		})
		if name == "EvictOne" || name == "EvictN" {
			continue // they do not wait for evictions
		}
		t.Run(name+" for an eviction", func(t *testing.T) {
			t.Parallel()
			b := ring(t, 4, impatient)
			alloc(t, b, 256, 1)
			entered, leave, left := make(chan bool), make(chan bool), make(chan error)
			go func() {
				_, err := b.EvictOne(context.Background(), func(buffer.Block) error { close(entered); <-leave; return nil })
				left <- err
			}()
			<-entered
			require.NoError(t, evict(b, at(t, manyLooks, func() { close(leave) })))
			require.NoError(t, <-left)
		})
		t.Run(name+" for the eviction it is called from", func(t *testing.T) {
			t.Parallel()
			b := ring(t, 4, impatient)
			alloc(t, b, 256, 1)
			_, err := b.EvictOne(endless, func(buffer.Block) error {
				require.Equal(t, context.Canceled, evict(b, &attempts{t.Context(), manyLooks}))
				return nil
			})
			require.NoError(t, err)
		})
	}
}

// On a single processor others get to what they are waited for.
func TestWaitLetsOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, ctx := range []context.Context{endless, &attempts{t.Context(), 1000}} {
		b := ring(t, 4, func(c *buffer.Config) { c.EvictPatience = 1000 })
		g, err := b.Alloc(256)
		require.NoError(t, err)
		go func() {
			for range 16 { // more often than the first wait yields
				runtime.Gosched()
			}
			g.Release()
		}()
		_, err = b.EvictOne(ctx, accept)
		require.NoError(t, err)
	}
}

// Patience is for a whole AllocOrEvict: the looks for the holders of one block, of the
// next, and for the end of others' evictions add up.
func TestAllocOrEvictIsPatientInAll(t *testing.T) {
	const patience = 10
	enough := func(looks int) error { // for a test that must end
		if looks > 10*patience {
			return context.Canceled
		}
		return nil
	}
	run := func(held, each int) (looks int, m buffer.Metrics, err error) {
		b := ring(t, 4, func(c *buffer.Config) { c.EvictPatience = patience })
		var guards []buffer.Guard
		for range 4 {
			g, err := b.Alloc(64)
			require.NoError(t, err)
			guards = append(guards, g)
		}
		ctx := during{endless, func() error { // the oldest guards are released one after the other
			if looks++; looks%each == 0 && looks/each <= held {
				guards[looks/each-1].Release()
			}
			return enough(looks)
		}}
		for _, g := range guards[held:] {
			g.Release()
		}
		g, err := b.AllocOrEvict(ctx, 256, accept)
		if err == nil {
			g.Release()
		}
		return looks, b.Metrics(), err
	}
	looks, _, err := run(3, 3)
	require.NoError(t, err)
	require.Equal(t, patience-1, looks, "three blocks, three looks for each")

	looks, m, err := run(3, 4)
	require.ErrorIs(t, err, buffer.ErrPatience)
	require.Equal(t, patience-1, looks, "the third block is held for three looks too long")
	require.Equal(t, 1, m.Returned)

	// The same when it waits for an eviction after it has waited for a block.
	b := ring(t, 4, func(c *buffer.Config) { c.EvictPatience = patience })
	alloc(t, b, 128, 1)
	g, err := b.Alloc(128)
	require.NoError(t, err)
	looks = 0
	ctx := during{endless, func() error {
		if looks++; looks == 6 {
			g.Release()
		}
		return enough(looks)
	}}
	_, err = b.EvictOne(endless, func(buffer.Block) error {
		_, err := b.AllocOrEvict(ctx, 256, accept)
		require.Equal(t, buffer.ErrPatience, err)
		require.Equal(t, patience-1, looks)
		return nil
	})
	require.NoError(t, err)
}

// A claim is counted wherever it is made: of a copy of a handle that has ended the
// eviction that claims its block after a wait does not become the accomplice.
func TestEndedHandleIsRecognisedDuringTheNextEviction(t *testing.T) {
	for name, evict := range map[string]func(*buffer.Buffer, context.Context, func(buffer.Block) error) error{
		"at once": func(b *buffer.Buffer, ctx context.Context, callback func(buffer.Block) error) error {
			_ = ctx.Err()
			_, err := b.EvictOne(ctx, callback)
			return err
		},
		"after a wait": func(b *buffer.Buffer, ctx context.Context, callback func(buffer.Block) error) error {
			_, err := b.EvictOne(ctx, callback)
			return err
		},
		"after a wait, to allocate": func(b *buffer.Buffer, ctx context.Context, callback func(buffer.Block) error) error {
			_, err := b.AllocOrEvict(ctx, 256, callback)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := ring(t, 4)
			h, err := b.TryTombstone(alloc(t, b, 256, 7))
			require.NoError(t, err)
			looks, called := 0, false
			err = evict(b, at(t, 1, func() { looks++; h.Cancel() }), func(k buffer.Block) error {
				called = true
				for _, late := range []func(){h.Cancel, h.Free, func() { h.Bytes() }} {
					var o *buffer.OwnershipError
					require.ErrorAs(t, recovered(late), &o)
					require.True(t, o.Later)
				}
				require.EqualValues(t, 7, binary.LittleEndian.Uint64(k.Bytes()), "nothing was changed")
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, 1, looks)
			require.True(t, called)
		})
	}
}

// Whoever waits lets others run: on a single processor the holder of a block could not
// let go otherwise.
func TestWhoWaitsLeavesTheProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for name, evict := range evicting {
		for kind, ctx := range map[string]context.Context{
			"with patience":               context.Background(),
			"with a context that can end": t.Context(),
		} {
			b := ring(t, 4)
			g, err := b.Alloc(256)
			require.NoError(t, err)
			looks := 0
			go g.Release() // it runs where the evictor first yields
			require.NoError(t, evict(b, during{ctx, func() error { looks++; return nil }}), "%s %s", name, kind)
			require.Less(t, looks, 1<<14, "%s %s", name, kind)
		}
	}
}
