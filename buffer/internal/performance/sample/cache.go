package sample

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/allegro/bigcache/v3"
	"github.com/coocood/freecache"
	"github.com/maypok86/otter/v2"
)

// cache is a goroutine's view of a cache of others.
type cache interface {
	set(key uint64, value []byte) error
	del(key uint64) error
	entries() int
}

// key is the memory in which a goroutine writes its keys.
type key [8]byte

func (k *key) of(v uint64) []byte {
	binary.LittleEndian.PutUint64(k[:], v)
	return k[:]
}

// newCache returns a function that returns views of one cache.
func newCache(name string, size int) (view func() cache, err error) {
	switch name {
	case Fastcache:
		c := fastcache.New(size)
		return func() cache { return &fast{c: c} }, nil
	case Freecache:
		c := freecache.NewCache(size)
		return func() cache { return &free{c: c} }, nil
	case Bigcache:
		c, err := bigcache.New(context.Background(), bigcacheConfig(size))
		return func() cache { return &big{c: c} }, err
	case Otter:
		c, err := otter.New(&otter.Options[uint64, []byte]{
			MaximumWeight:    uint64(size),
			Weigher:          func(_ uint64, value []byte) uint32 { return uint32(len(value)) },
			OnAtomicDeletion: func(otter.DeletionEvent[uint64, []byte]) {},
		})
		return func() cache { return &weighed{c: c} }, err
	}
	return nil, fmt.Errorf("there is no cache %q", name)
}

// bigcacheConfig has shards of at least 64 KiB, since none holds an entry larger than
// itself, allocates at once what it may use, and calls back.
func bigcacheConfig(size int) bigcache.Config {
	config := bigcache.DefaultConfig(24 * time.Hour)
	config.CleanWindow = 0
	for config.Shards = 1; config.Shards < 1024 && size/config.Shards > 64<<10; config.Shards *= 2 {
	}
	config.HardMaxCacheSize = max(size>>20, 1)
	config.MaxEntriesInWindow, config.MaxEntrySize = size/320, 320
	config.OnRemove = func(string, []byte) {}
	config.Verbose = false
	config.Logger = log.New(io.Discard, "", 0)
	return config
}

type fast struct {
	c *fastcache.Cache
	key
}

func (f *fast) set(k uint64, value []byte) error { f.c.Set(f.of(k), value); return nil }
func (f *fast) del(k uint64) error               { f.c.Del(f.of(k)); return nil }
func (f *fast) entries() int {
	var s fastcache.Stats
	f.c.UpdateStats(&s)
	return int(s.EntriesCount)
}

type free struct {
	c *freecache.Cache
	key
}

func (f *free) set(k uint64, value []byte) error { return f.c.Set(f.of(k), value, 0) }
func (f *free) del(k uint64) error               { f.c.Del(f.of(k)); return nil }
func (f *free) entries() int                     { return int(f.c.EntryCount()) }

type big struct {
	c *bigcache.BigCache
	key
}

func (b *big) set(k uint64, value []byte) error { return b.c.Set(string(b.of(k)), value) }

// del of what was evicted already is no error here.
func (b *big) del(k uint64) error {
	if err := b.c.Delete(string(b.of(k))); err != bigcache.ErrEntryNotFound {
		return err
	}
	return nil
}
func (b *big) entries() int { return b.c.Len() }

// weighed is otter, which keeps the slice that it is given. So each value is a new one.
type weighed struct{ c *otter.Cache[uint64, []byte] }

func (w *weighed) set(k uint64, value []byte) error { w.c.Set(k, bytes.Clone(value)); return nil }
func (w *weighed) del(k uint64) error               { w.c.Invalidate(k); return nil }
func (w *weighed) entries() int                     { return w.c.EstimatedSize() }

func openCache(s Spec) (subject, error) {
	size := s.MiB << 20
	if s.Subject == Freecache && (s.Workload == "W2m" || s.Workload == "W3-mix") && size/1024 <= 2048 {
		return subject{}, Cannot("an entry, with its head, may have at most 1/1024 of the cache")
	}
	view, err := newCache(s.Subject, size)
	if err != nil {
		return subject{}, err
	}
	if s.Subject == Fastcache {
		size = max(size, 32<<20) // it never has less
	}
	var r subject
	for i := range s.Goroutines {
		c := &cacheClient{
			cache: view(), sizes: *sizesOf(s.Workload, i), value: make([]byte, 2048),
			key: uint64(i+1) << 40, draw: random(0x1234567 * (i + 1)),
		}
		loop := c.w1
		switch s.Workload[:2] {
		case "W2":
			loop = c.w2
		case "W3":
			loop = c.w3
		}
		fill := loop // W1 keeps it empty, but every page of it has been touched then
		if s.Workload != "W1" {
			fill = c.w2
		}
		if err := fill(size / 192 / s.Goroutines); err != nil {
			return subject{}, err
		}
		r.loops = append(r.loops, loop)
	}
	return r, nil
}

// cacheClient is a goroutine of a cache. Its keys count up.
type cacheClient struct {
	cache
	sizes
	value []byte
	key   uint64
	draw  random
	kept  [64]uint64 // the keys set last, in a circle, 0 if deleted
}

func (c *cacheClient) put(n int) error {
	c.key++
	c.kept[c.key&63] = c.key
	binary.LittleEndian.PutUint64(c.value, c.key)
	return c.set(c.key, c.value[:n])
}

func (c *cacheClient) w1(n int) error {
	for range n {
		if err := c.put(320); err != nil {
			return err
		}
		if err := c.del(c.key); err != nil {
			return err
		}
	}
	return nil
}

func (c *cacheClient) w2(n int) error {
	for range n {
		if err := c.put(c.next()); err != nil {
			return err
		}
	}
	return nil
}

// w3 is that of the others without evictions, since no cache has a call that evicts one.
func (c *cacheClient) w3(n int) error {
	for range n {
		draw := c.draw.next()
		if draw%9 < 6 {
			if err := c.put(c.next()); err != nil {
				return err
			}
			continue
		}
		for try := range 4 {
			k := &c.kept[(int(draw>>32)+try*17)&63]
			if *k != 0 {
				if err := c.del(*k); err != nil {
					return err
				}
				*k = 0
				break
			}
		}
	}
	return nil
}
