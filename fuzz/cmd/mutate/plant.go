package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"

	"annulus/fuzz/internal/mutation"
)

// chosen is the environment variable with the number of the slip that is made.
const chosen = "ANNULUS_MUTATION"

// chooser is the file that reads it.
const chooser = `package %s

import (
	"os"
	"strconv"
)

var %s, _ = strconv.Atoi(os.Getenv(%q))
`

// plant builds the judges of a package with slips of it. One that is outside
// functions must be alone.
func plant(ctx context.Context, dir, pkg string, list []slip) (*group, error) {
	g := &group{pkg: pkg, slips: map[int]slip{}, refused: map[int]bool{}}
	for i, s := range list {
		g.slips[i+1] = s
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for {
		overlay, err := g.write(dir)
		if err != nil {
			return nil, err
		}
		out, err := exec.CommandContext(ctx, "go", "build", "-gcflags=-e", "-overlay", overlay, "./"+pkg).CombinedOutput()
		if err == nil {
			return g, g.build(ctx, dir, overlay)
		}
		if n := g.refuse(string(out)); n == 0 {
			return nil, fmt.Errorf("go build ./%s: %w\n%s", pkg, err, out)
		}
	}
}

// write writes the package's files with the slips that compile, as far as is
// known, and an overlay.
func (g *group) write(dir string) (overlay string, err error) {
	replace := map[string]string{}
	put := func(file string, content []byte) error {
		changed := filepath.Join(dir, path.Base(file))
		replace[filepath.FromSlash(file)] = changed
		return os.WriteFile(changed, content, 0o666)
	}
	files := map[string][]mutation.Version{}
	for number := 1; number <= len(g.slips); number++ {
		if s := g.slips[number]; !g.refused[number] && !s.Alone() {
			files[s.File] = append(files[s.File], mutation.Version{
				Number: number, Name: fmt.Sprintf("slip%d/%s", number, path.Base(s.File)), Content: s.content,
			})
		} else if s.Alone() && !g.refused[number] {
			if err := put(s.File, s.content); err != nil {
				return "", err
			}
		}
	}
	for file, list := range files {
		source, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			return "", err
		}
		content, alone, err := mutation.Combine(path.Base(file), source, list)
		if err == nil && len(alone) > 0 {
			err = fmt.Errorf("%s: slips %v cannot be put together with others", file, alone)
		}
		if err == nil {
			err = put(file, content)
		}
		if err != nil {
			return "", err
		}
	}
	if err := put(g.pkg+"/zz_mutation.go", fmt.Appendf(nil, chooser, g.pkg, mutation.Variable, chosen)); err != nil {
		return "", err
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, content, 0o666)
}

// compilerPlace is a line of a slip that the compiler complains about; the slip's
// number is in it if it was put together with others.
var compilerPlace = regexp.MustCompile(`(?m)^\S*?(?:slip(\d+)[/\\])?[^/\\:\s]+\.go:\d+:`)

// refuse notes which slips the compiler complains about, and returns how many.
func (g *group) refuse(output string) (n int) {
	for _, m := range compilerPlace.FindAllStringSubmatch(output, -1) {
		if number, err := strconv.Atoi(m[1]); err == nil && !g.refused[number] {
			g.refused[number] = true
			n++
		}
	}
	if n == 0 && len(g.slips) == 1 && len(g.refused) == 0 { // it is alone
		g.refused[1] = compilerPlace.MatchString(output)
		return len(g.refused)
	}
	return n
}

// build builds the judges.
func (g *group) build(ctx context.Context, dir, overlay string) error {
	for i, j := range ladders[g.pkg] {
		binary := filepath.Join(dir, "judge"+strconv.Itoa(i))
		args := append([]string{j.build[0], "-o", binary, "-overlay", overlay}, j.build[1:]...)
		if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("go %v: %w\n%s", args, err, out)
		}
		g.binaries = append(g.binaries, binary)
	}
	return nil
}
