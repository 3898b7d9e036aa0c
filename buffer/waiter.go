package buffer

import (
	"context"

	"annulus/schedules/runtime"
)

// waiter is a call that may have to wait for others. If its context can end, it waits
// for that; else it has patience for a number of looks, so that nobody waits for ever
// without having asked for it.
type waiter struct {
	ctx      context.Context
	patience int // looks, if the context cannot end
	looks    int
	waited   bool // at least once
	backoff  runtime.Backoff
}

func (b *Buffer) waiter(ctx context.Context) waiter { return waiter{ctx: ctx, patience: b.patience} }

// wait lets others run before the caller looks again for what it waits for, or says
// why it should not. Looks are not counted where no number of them is too many: a
// scheduler sees then that a task which waits is where it was.
func (me *waiter) wait() error {
	endless := me.ctx.Done() == nil
	if endless {
		if me.looks++; me.looks >= me.patience {
			return ErrPatience
		}
	}
	if err := me.ctx.Err(); err != nil {
		return err
	}
	if !me.waited {
		me.waited = true
		runtime.Pause()
	}
	if endless {
		runtime.Gosched()
	} else {
		me.backoff.Wait()
	}
	return nil
}
