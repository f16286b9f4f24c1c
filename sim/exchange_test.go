package sim

// Exchanges carries out one schedule with the real clients, and keeps what the
// model of Redis saw, so that a real server can be asked the same.
func (s *Scene) Exchanges(choose Chooser) (run Run, seen []Exchange, err error) {
	run, err = s.run(choose, func(l *clientRunner) {
		l.w.tap = func(e Exchange) { seen = append(seen, e) }
	})
	return run, seen, err
}
