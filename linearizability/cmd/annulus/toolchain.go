package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"annulus/schedules/overlay"
)

// toolchain is that which the go command uses here.
type toolchain struct {
	overlay.Toolchain
	modules string   // the module cache
	cache   string   // where annulus keeps what it makes for toolchains
	command string   // the go command
	env     []string // of it, beside the process's own
	dir     string   // where it is run, "" for the process's directory
}

func findToolchain(ctx context.Context) (*toolchain, error) {
	t := &toolchain{command: "go"}
	out, err := t.output(ctx, "env", "-json", "GOVERSION", "GOROOT", "GOMODCACHE", "GOOS", "GOARCH")
	if err != nil {
		return nil, err
	}
	var env struct{ GOVERSION, GOROOT, GOMODCACHE, GOOS, GOARCH string }
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	t.Version, t.Root, t.modules = env.GOVERSION, env.GOROOT, env.GOMODCACHE
	t.Target = env.GOOS + "/" + env.GOARCH
	if t.cache, err = os.UserCacheDir(); err != nil {
		return nil, err
	}
	t.cache = filepath.Join(t.cache, "annulus")
	if within(t.Root, t.modules) {
		return t, t.leaveModules()
	}
	return t, nil
}

// within reports whether the file is in the directory.
func within(file, dir string) bool {
	return dir != "" && strings.HasPrefix(file, dir+string(filepath.Separator))
}

// leaveModules gives the toolchain another name. The go command keeps those that it has
// downloaded in the module cache, whose files it does not let an overlay replace.
func (t *toolchain) leaveModules() error {
	sum := sha256.Sum256([]byte(t.Root))
	link := filepath.Join(t.cache, "toolchains", t.Version+"-"+hex.EncodeToString(sum[:4]))
	if err := os.MkdirAll(filepath.Dir(link), 0o777); err != nil {
		return err
	}
	if err := os.Symlink(t.Root, link); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	t.Root = link
	t.command = filepath.Join(link, "bin", "go")
	t.env = []string{"GOROOT=" + link, "GOTOOLCHAIN=local"}
	return nil
}

// in returns the toolchain as it is used in the directory.
func (t *toolchain) in(dir string) *toolchain {
	there := *t
	there.dir = dir
	return &there
}

// run returns a run of the go command, which ends by an interrupt if ctx is done.
func (t *toolchain) run(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.command, args...)
	cmd.Env = append(os.Environ(), t.env...)
	cmd.Dir = t.dir
	return cmd
}

// output runs the go command and returns its output; the error has what it complains of.
func (t *toolchain) output(ctx context.Context, args ...string) ([]byte, error) {
	out, err := t.run(ctx, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, strings.TrimSpace(string(exit.Stderr)))
	}
	return out, err
}

// overlay writes the overlay for the packages, with the file that the flag -overlay is to
// name. The toolchain must pass the self-test before.
func (t *toolchain) overlay(ctx context.Context, list string, packages []overlay.Package) error {
	for _, p := range packages {
		if within(p.Dir, t.modules) {
			return fmt.Errorf("%s is in the module cache, whose files the go command does not let an overlay touch; explore a copy", p.Path)
		}
	}
	made, err := overlay.New(t.Toolchain)
	if err != nil {
		return err
	}
	if err := t.selfTest(ctx, made); err != nil {
		return err
	}
	// An error says that the build has no such module.
	if out, err := t.output(ctx, "list", "-m", "-f={{.Dir}}", "annulus"); err == nil {
		made.Module = strings.TrimSpace(string(out))
	}
	return made.Write(filepath.Join(t.cache, "overlay"), list, packages)
}
