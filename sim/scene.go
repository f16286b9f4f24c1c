package sim

import (
	"bytes"
	"maps"
	"slices"

	"onceover/faults"
	"onceover/faults/wire"
	"onceover/reports"
	"onceover/sim/mysqlmodel"
	"onceover/sim/redismodel"
)

// Scene is a set-up that is ready to be simulated: any number of schedules, one
// after the other or at the same time.
type Scene struct {
	Setup Setup
	redis *redismodel.Server // as they are when a schedule begins
	locks []*redismodel.Server
	mysql *mysqlmodel.Server
	scope scope // of the budget

	writesMySQL bool
	readOnly    *requests         // in MySQL, if the program does not write there: whatever is there, they change nothing
	labels      map[string]string // of scripts, by name
}

// Prepare makes a set-up ready. It carries out one schedule of one worker
// without faults, from which it learns the plan of the job and the scripts. A
// program that does not complete even then is no error: schedules show it.
func Prepare(setup Setup) (*Scene, error) {
	setup = setup.withDefaults()
	if err := setup.validate(); err != nil {
		return nil, err
	}
	s := &Scene{Setup: setup, redis: newRedis(setup), scope: newScope(setup.Budget), readOnly: new(requests)}
	for range setup.Locks {
		s.locks = append(s.locks, newRedis(setup))
	}
	var err error
	if s.mysql, err = newMySQL(setup); err != nil {
		return nil, err
	}
	err = s.rehearse()
	s.redis.Freeze()
	freeze(s.locks)
	return s, err
}

func newRedis(setup Setup) *redismodel.Server {
	persistence := map[faults.Persistence]redismodel.Persistence{
		faults.Nothing: redismodel.None, faults.EverySec: redismodel.Everysec, faults.Always: redismodel.Always,
	}[setup.Persistence]
	return redismodel.New(redismodel.Options{Persistence: persistence, NamesOnly: setup.NamesOnly, ShortScans: true})
}

// telling is the scene in which CLIENT LIST shows all fields.
func (s *Scene) telling() *Scene {
	all := *s
	all.redis = s.redis.Clone()
	all.redis.ShowAllFields()
	all.redis.Freeze()
	return &all
}

// rehearse lets one worker do the job alone. Unless the set-up is Cold, the
// schedules begin with the plan that it stored, and with the scripts that it ran.
func (s *Scene) rehearse() error {
	solo := *s
	solo.Setup.Workers, solo.Setup.Budget, solo.scope = 1, nil, scope{}
	solo.writesMySQL = true
	var after *world
	run, err := solo.run(First, func(l *clientRunner) {
		after = l.w
		after.scripts = map[string]bool{}
	})
	if err != nil {
		return err
	}
	s.labels = map[string]string{}
	for body := range after.scripts {
		s.labels[scriptName("EVAL", body)] = scriptLabel(body)
	}
	s.writesMySQL = s.Setup.WritesMySQL || after.wroteMySQL || run.Verdict != reports.Safe // else it may not have come to that
	if !s.Setup.Cold {
		s.warm(after)
	}
	return nil
}

// warm stores the plan and the scripts that another world ended with.
func (s *Scene) warm(after *world) {
	bodies := slices.Sorted(maps.Keys(after.scripts))
	for _, server := range append([]*redismodel.Server{s.redis}, s.locks...) {
		know(server, bodies)
	}
	from, to := after.redis.Connect(address(0, 0)), s.redis.Connect(address(0, 0))
	defer s.redis.Disconnect(to)
	reply := after.redis.Do(from, 0, [][]byte{[]byte("HGETALL"), []byte(keys.Plan)}, nil)
	// A RESP2 array of bulk strings reads like a command.
	fields, _, err := wire.ParseCommand(reply)
	if err != nil {
		return
	}
	for field := range slices.Chunk(fields, 2) {
		if !bytes.HasPrefix(field[0], []byte(">")) { // how far a chunk is pushed is no part of the plan
			s.redis.Do(to, 0, append([][]byte{[]byte("HSET"), []byte(keys.Plan)}, field...), nil)
		}
	}
}

// know loads scripts into a server, whichever ran them: the names of others mean nothing.
func know(server *redismodel.Server, scripts []string) {
	hand := server.Connect(address(0, 0))
	defer server.Disconnect(hand)
	for _, body := range scripts {
		server.Do(hand, 0, [][]byte{[]byte("SCRIPT"), []byte("LOAD"), []byte(body)}, nil)
	}
}
