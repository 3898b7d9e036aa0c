package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// invocation is how annulus was started, for the commands that it prints.
func invocation() string {
	path, err := os.Executable()
	if err != nil {
		return "annulus"
	}
	info, _ := debug.ReadBuildInfo()
	return invocationOf(path, info)
}

// invocationOf is invocation for an executable at path. Those that the go command runs
// from its cache were started by go tool, and those that it runs from a directory for
// temporary files by go run.
func invocationOf(path string, info *debug.BuildInfo) string {
	dirs := strings.SplitSeq(filepath.ToSlash(filepath.Dir(path)), "/")
	for dir := range dirs {
		switch {
		case dir == "go-build":
			return "go tool annulus"
		case strings.HasPrefix(dir, "go-build") && info != nil && !strings.Contains(filepath.Base(path), ".test"):
			return "go run " + info.Path
		}
	}
	return "annulus"
}
