package workbench

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Program is something that the go command builds from the module.
type Program struct {
	Name string   // of the file
	Args []string // of the go command, but for -o and -overlay
	Cgo  bool     // the race detector needs it, and a C compiler
}

// VerifierPackage is the package of the verifier's command.
const VerifierPackage = "./linearizability/cmd/annulus"

// Verifier explores the scenarios of annulus/linearizability.
var Verifier = Program{Name: "annulus", Args: []string{"build", "-buildvcs=false", "-ldflags=-s -w", VerifierPackage}}

// Tests returns the tests of a package, built with flags such as -race.
func Tests(name, pkg string, flags ...string) Program {
	return Program{
		Name: name, Args: slices.Concat([]string{"test", "-c", "-vet=off"}, flags, []string{pkg}),
		Cgo: slices.Contains(flags, "-race"),
	}
}

// Build builds the program in a directory, with an overlay unless that is "". It returns
// the program's absolute path.
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

// Go runs the go command with further environment variables. Its error has what the
// command printed.
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
