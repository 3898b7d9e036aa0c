package schedules

import "annulus/schedules/internal/hook"

// synchroniseKeyed accounts for the operation on a Map or a Pool that t has just
// performed. Who gets a value learns from who put it there, and not from who did
// something to another one.
func (r *races) synchroniseKeyed(t *task, p *past, result uint64, effect hook.Effect) {
	now := &r.tasks[t.id].now
	key := t.a // of a Map
	switch t.op {
	case hook.MapClear:
		p.told.become(*now)
		r.tick(t)
		return
	case hook.MapRange, hook.PoolGet, hook.PoolPut:
		key = result // the key that is visited, or the item
	}
	of := p.keyed[key]
	if of == nil {
		if p.keyed == nil {
			p.keyed = map[uint64]*clock{}
		}
		of = new(clock)
		p.keyed[key] = of
	}
	if effect&hook.Read != 0 {
		now.join(p.told)
		now.join(*of)
	}
	if effect&hook.Changed != 0 && t.op != hook.PoolGet {
		of.become(*now)
		r.tick(t)
	}
}
