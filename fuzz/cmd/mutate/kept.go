package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// directory is where the slips and what is found of them are kept.
var directory = filepath.Join(".annulus", "mutation")

// Fate is what became of a slip.
type Fate struct {
	Key     string  `json:"key"`
	Slip    string  `json:"slip"`
	Noticed string  `json:"noticed,omitempty"` // by which judge; "" if by none
	How     string  `json:"how,omitempty"`     // fails, or does not end, or does not compile
	Seconds float64 `json:"seconds"`
}

// notCompiling is the judge of slips that the compiler refuses: they say nothing
// about tests.
const notCompiling = "compiler"

// kept is the file of fates, to which each is added as soon as it is known.
type kept struct {
	mu    sync.Mutex
	file  *os.File
	known map[string]Fate // noticed before, or in this run
}

// reliance is what of the file is to be relied on.
type reliance int

const (
	nothing    reliance = iota
	noticed             // and not what was not noticed: there may be more tests now
	everything          // nothing but arguments has changed
)

// openKept opens the file, and reads what is to be relied on.
func openKept(on reliance) (*kept, error) {
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return nil, err
	}
	name := filepath.Join(directory, "fates.jsonl")
	k := &kept{known: map[string]Fate{}}
	if on > nothing {
		if err := k.read(name, on); err != nil {
			return nil, err
		}
	}
	var err error
	k.file, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	return k, err
}

func (k *kept) read(name string, on reliance) error {
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		var f Fate
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return fmt.Errorf("%s:%d: %w; remove the line", name, n, err)
		}
		if f.Noticed != "" || on == everything {
			k.known[f.Key] = f
		}
	}
	return lines.Err()
}

// of returns what is known of a slip.
func (k *kept) of(s slip) (Fate, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, ok := k.known[s.key()]
	return f, ok
}

func (k *kept) add(f Fate) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[f.Key] = f
	return json.NewEncoder(k.file).Encode(f)
}

func (k *kept) close() error { return k.file.Close() }
