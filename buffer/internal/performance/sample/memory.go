package sample

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// memory fills the subject with values of 320 bytes, and measures what is resident then,
// less what was before, and the time of collections.
func memory(r *Result) error {
	before, err := resident()
	if err != nil {
		return err
	}
	bytes := r.Spec.MiB << 20
	held, keep, err := filled(r.Spec.Subject, bytes)
	if err != nil {
		return err
	}
	runtime.GC()
	after, err := resident()
	if err != nil {
		return err
	}
	r.Values["resident"] = after - before
	r.Values["payload"] = float64(held) * 320
	r.Values["collection"] = each(1, func(int) { runtime.GC() })
	runtime.KeepAlive(keep)
	return nil
}

// filled returns something full of values of 320 bytes, and the number of them.
func filled(subject string, bytes int) (held int, keep any, err error) {
	switch subject {
	case "": // what a process is without
		return 0, nil, nil
	case Pool:
		return 0, nil, Cannot("a collection empties a pool")
	case Ring:
		b, err := newRing(bytes)
		if err != nil {
			return 0, nil, err
		}
		c := &client{b: b, sizes: *sizesOf("W3", 0)}
		if err := c.w2(bytes / 320); err != nil {
			return 0, nil, err
		}
		return b.Metrics().Ready, b, nil
	case Slab:
		s := newSlab(bytes, 320)
		c := &slabClient{slab: s, sizes: *sizesOf("W3", 0)}
		return bytes / 320, s, c.w2(bytes / 320)
	}
	view, err := newCache(subject, bytes)
	if err != nil {
		return 0, nil, err
	}
	c := &cacheClient{cache: view(), sizes: *sizesOf("W3", 0), value: make([]byte, 2048)}
	err = c.w2(bytes / 320)
	return c.entries(), c, err
}

// resident returns the bytes of the process that lie in memory.
func resident() (float64, error) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, Cannot("only Linux tells what is resident")
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kib := 0.0
			_, err := fmt.Sscan(rest, &kib)
			return kib * 1024, err
		}
	}
	return 0, Cannot("this system does not tell what is resident")
}
