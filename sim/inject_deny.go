package sim

import (
	"fmt"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim/redismodel"
)

// mostRefused is the last command of a request that is refused. The scripts of the
// catalogue take fewer.
const mostRefused = 16

var _ = register(injector{kind: faults.Deny, where: onRedis, events: refusals()})

// refusals has an event for each command of a request.
func refusals() []event {
	all := make([]event, mostRefused)
	for i := range all {
		all[i] = event{
			name: fmt.Sprintf("deny-%d", i+1), executes: true, refused: i + 1,
			outcome: reports.StepAnswered, text: fmt.Sprintf("Redis refuses command %d of this request", i+1),
			inject: func(w *world, c Choice, reply []byte) { w.deliver(c.Op, reply) },
		}
	}
	return all
}

// reach is how many commands a request would take now, up to those that can be
// refused; 0 where none will be.
func (w *world) reach(op *Op) int {
	refuses := w.scene.scope.refuses
	l := w.connection(op)
	if refuses < 0 || w.left[refuses] == 0 || op.Server != Redis || l == nil {
		return 0
	}
	tried := w.redis.Clone()
	tried.RefuseNext(mostRefused + 1)
	for _, args := range op.commands {
		tried.Do(redismodel.ConnID(l.conn), w.now, args, nil)
	}
	return tried.Reached(mostRefused + 1)
}
