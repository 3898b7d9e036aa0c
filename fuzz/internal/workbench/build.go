package workbench

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Program is a program, or a test, that the go command builds from the module.
type Program struct {
	Name string   // of the file that is built
	Args []string // of the go command, without -o and -overlay
	Cgo  bool     // build with cgo, which the race detector needs; it takes a C compiler
}

// VerifierPackage is the package of the verifier's command.
const VerifierPackage = "./linearizability/cmd/annulus"

// Verifier explores the scenarios of annulus/linearizability.
var Verifier = Program{Name: "annulus", Args: []string{"build", "-buildvcs=false", "-ldflags=-s -w", VerifierPackage}}

// Tests returns the tests of a package, to be built with flags such as -race.
func Tests(name, pkg string, flags ...string) Program {
	return Program{
		Name: name, Args: slices.Concat([]string{"test", "-c", "-vet=off"}, flags, []string{pkg}),
		Cgo: slices.Contains(flags, "-race"),
	}
}

// Build builds the program into a directory, with the overlay file unless that is "". It
// returns the absolute path of the binary. The error is that of [Go].
func (p Program) Build(ctx context.Context, dir, overlay string) (string, error) {
	binary, err := filepath.Abs(filepath.Join(dir, p.Name))
	if err != nil {
		return "", err
	}
	args := slices.Concat(p.Args[:1], []string{"-o", binary, "-overlay=" + overlay}, p.Args[1:])
	var env []string
	if p.Cgo {
		env = []string{"CGO_ENABLED=1"}
	}
	return binary, Go(ctx, env, args...)
}

// Go runs the go command with further environment variables. If the command fails, the
// error has what it printed.
func Go(ctx context.Context, env []string, args ...string) error {
	var out bytes.Buffer
	o, err := Job{Binary: "go", Args: args, Env: env, Stdout: &out, Stderr: &out}.Run(ctx)
	if err == nil && o.Status != 0 {
		err = fmt.Errorf("exit status %d", o.Status)
	}
	if err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, &out)
	}
	return nil
}
