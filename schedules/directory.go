package schedules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// failureDirectory is where a failure of the program is kept: below the directory for
// temporary files, in one of the user's own, and there in one of the package's own, so
// that neither users nor checkouts get at each other's.
func failureDirectory(program string) string {
	of := sha256.Sum256([]byte(workingDirectory()))
	return filepath.Join(privateDirectory(), hex.EncodeToString(of[:6]), fileName(program)+".failure")
}

// workingDirectory is that of the process, which for a test is its package's, "" if it
// cannot be known.
func workingDirectory() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}

// privateDirectory is a directory for temporary files that only this user can write to.
// If somebody else has the usual one, it is a new one.
func privateDirectory() string {
	usual := filepath.Join(os.TempDir(), fmt.Sprintf("annulus-%d", os.Getuid()))
	if private(usual) {
		return usual
	}
	fresh, err := os.MkdirTemp("", "annulus-")
	if err != nil {
		return usual // where keeping fails, and says so
	}
	return fresh
}

// private makes the directory, unless it is there, and reports whether it belongs to
// this user alone.
func private(dir string) bool {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return false
	}
	info, err := os.Lstat(dir) // of a link, not of where it leads
	if err != nil || !info.IsDir() {
		return false
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 { // there, a user has a directory of his own
		return false
	}
	probe, err := os.MkdirTemp(dir, ".probe-") // fails in that of another user
	if err != nil {
		return false
	}
	return os.Remove(probe) == nil
}

// fileName makes a test's name fit for a file.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '-', r == '.':
			return r
		}
		return '_'
	}, name)
	const most = 200 // of the 255 that file systems allow
	if len(name) <= most {
		return name
	}
	of := sha256.Sum256([]byte(name))
	return name[:most] + "-" + hex.EncodeToString(of[:6])
}
