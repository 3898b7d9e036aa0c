//go:build annulus_overlay

package sync

import (
	"annulus/schedules/internal/hook"
)

// GetWithoutNew is Get of a Pool, which returns nil where that would call New. It is called
// by the running task.
func GetWithoutNew(p *Pool) any { return p.getSlow(hook.Current()) }

// GoNamed is Go of a WaitGroup, for a task with that name. It is called by the running task.
func GoNamed(wg *WaitGroup, name string, f func()) { wg.start(hook.Current(), name, f) }
