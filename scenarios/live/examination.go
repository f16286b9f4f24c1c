package live

import (
	"fmt"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/check"
)

// Mark is how a line of an examination is meant.
type Mark string

// The marks of lines.
const (
	Right Mark = "ok"
	Does  Mark = "does"  // neither right nor wrong
	Wrong Mark = "WRONG" // a verdict would mean something all the same
	Unfit Mark = "UNFIT" // none would
)

// Line is one thing that was seen of a program.
type Line struct {
	Mark Mark
	Text string
	Cure string // of what is wrong
}

// Examination is what was seen of a program in one calm run.
type Examination struct {
	Lines []Line
	Took  time.Duration
}

// Unfit says why the program cannot be judged, with the cure; both are empty if it can.
func (e Examination) Unfit() (why, cure string) {
	for _, l := range e.Lines {
		if l.Mark == Unfit {
			return l.Text, l.Cure
		}
	}
	return "", ""
}

// Faultless tells whether nothing is wrong.
func (e Examination) Faultless() bool {
	for _, l := range e.Lines {
		if l.Mark == Wrong || l.Mark == Unfit {
			return false
		}
	}
	return true
}

// traffic is the connections to a server: those that went through the proxies, and others.
type traffic struct{ through, past int64 }

// seen is everything that an examination is made from.
type seen struct {
	*ear
	job          scenarios.Workload
	list         string
	out          reports.Run
	took         time.Duration
	ended        bool
	failure      string // how a worker last failed
	redis, mysql traffic
	others       []string // other lists and streams
	misfit       string   // what is of another type than the target
	survivors    int64
	element      string // where the ids stand; empty: where the contract says
}

func (s *seen) examination() Examination {
	e := Examination{Took: s.took}
	for _, look := range []func() []Line{s.dialect, s.way, s.place, s.elements, s.end, s.rows, s.chunks, s.children, s.does} {
		e.Lines = append(e.Lines, look()...)
	}
	return e
}

func unfit(cure, text string, args ...any) []Line {
	return []Line{{Unfit, fmt.Sprintf(text, args...), cure}}
}

func wrong(cure, text string, args ...any) []Line {
	return []Line{{Wrong, fmt.Sprintf(text, args...), cure}}
}

func right(text string, args ...any) []Line { return []Line{{Right, fmt.Sprintf(text, args...), ""}} }

// dialect: the proxies have to read what the program says.
func (s *seen) dialect() (all []Line) {
	if err := s.unreadable[toMySQL]; err != nil {
		all = append(all, unfit("no TLS, no compression and no query attributes to this address (ssl_disabled=True, ssl-mode=DISABLED, sslMode=DISABLED): it is on this machine",
			"it speaks to MySQL in a way that the proxy cannot read (%s), so no fault could strike at its statements", format.OneLine(err))...)
	}
	if err := s.unreadable[toRedis]; err != nil {
		all = append(all, unfit("RESP2 or RESP3 without TLS, as to redis://",
			"it speaks to Redis in a way that the proxy cannot read (%s), so no fault could strike at its commands", format.OneLine(err))...)
	}
	return all
}

// present is how many rows have arrived.
func (s *seen) present() int64 { return s.out.Rows.Table - s.out.Rows.Lost - s.out.Rows.Unfinished }

// way: everything has to go through the proxies.
func (s *seen) way() (all []Line) {
	const told = "take %s from the environment or the placeholders, and from nowhere else, for each connection"
	redis, mysql := fmt.Sprintf(told, "REDIS_URL"), fmt.Sprintf(told, "DATABASE_URL, or MYSQL_HOST and MYSQL_PORT,")
	arrived := s.out.Rows.List
	switch {
	case s.redis.past > 0:
		all = append(all, unfit(redis, "%s to Redis went past the proxy, where no fault can strike", format.Plural(s.redis.past, "connection", "connections"))...)
	case arrived > 0 && s.writes == 0:
		all = append(all, unfit(redis, "there are %s in %s, and no write of them went through the proxy, where faults can strike", format.Plural(arrived, "element", "elements"), s.target)...)
	}
	switch {
	case s.mysql.past > 0:
		all = append(all, unfit(mysql, "%s to MySQL went past the proxy, where no fault can strike", format.Plural(s.mysql.past, "connection", "connections"))...)
	case s.present() > 0 && s.mysql.through == 0:
		all = append(all, unfit(mysql, "rows arrived, and no connection to MySQL went through the proxy, where faults can strike")...)
	}
	if len(all) > 0 || len(s.unreadable) > 0 {
		return all
	}
	if s.redis.through+s.mysql.through == 0 {
		return unfit("take REDIS_URL and DATABASE_URL, or their parts, from the environment or by placeholders",
			"it connected to neither server%s", s.lastWords())
	}
	return right("%s to Redis and %s to MySQL went through the proxies", format.Plural(s.redis.through, "connection", "connections"),
		format.Plural(s.mysql.through, "connection", "connections"))
}

// lastWords is how a worker failed, after a sentence.
func (s *seen) lastWords() string {
	if s.failure == "" {
		return ""
	}
	return "; " + s.failure
}

// place: the rows have to be where it was said.
func (s *seen) place() []Line {
	others := strings.Join(s.others, ", ")
	if len(s.others) > 3 {
		others = strings.Join(append(s.others[:3:3], "others"), ", ")
	}
	const several = "--list names each list that it fills, and --stream is for a program that fills a stream"
	switch many := len(s.target.Keys()) > 1; {
	case s.misfit != "":
		return unfit(several, "%s", s.misfit)
	case others == "" || s.present() == s.out.Rows.Table:
		return nil
	case s.out.Rows.List > 0:
		return wrong(several, "rows are missing in %s, and there are others: %s", s.target, others)
	case many:
		return unfit(several, "%s of --list are empty, and the program filled others: %s", s.target, others)
	}
	return unfit("push to the key in ONCEOVER_LIST, or {list}; "+several, "%s %q is empty, and the program filled another: %s", s.target, s.list, others)
}

// elements: the id has to be found.
func (s *seen) elements() []Line {
	first := ""
	for _, w := range s.out.Witnesses {
		if w.Outcome == check.Unexpected && w.Row == "" {
			first = w.Text
			break
		}
	}
	switch {
	case s.out.Rows.List == 0 || s.misfit != "":
		return nil
	case s.present() == 0 && first != "":
		return unfit("--element says where the id stands: "+check.Forms, "no element of %s tells the id of a row: %s", s.target, first)
	case first != "":
		return wrong("push rows, and nothing else", "some elements of %s tell no id: %s", s.target, first)
	case s.out.Rows.Unexpected > 0:
		return wrong("push rows of ONCEOVER_TABLE, and nothing else", "%s in %s belong to no row of the table", format.Plural(s.out.Rows.Unexpected, "element", "elements"), s.target)
	case s.out.Rows.Unchecked > 0:
		return right("the elements tell the ids of rows; they have no payload that could be compared")
	}
	return right("the elements tell the ids of rows, and their payloads are compared")
}

// end: the program has to say that nothing is left.
func (s *seen) end() []Line {
	const cure = "exit with 0 when no row is left, and do not wait for more"
	switch {
	case s.ended:
		return right("%s ended with exit code 0 after %s", format.Plural(s.job.Workers, "worker", "workers"), s.took)
	case s.present() == s.out.Rows.Table && s.failure == "":
		return unfit(cure, "all rows are in %s, and the program does not end", s.target)
	case s.present() == s.out.Rows.Table:
		return unfit(cure, "all rows are in %s, and the program does not end with 0%s", s.target, s.lastWords())
	}
	return wrong(cure+"; --deadline allows it more time", "it did not end, and no row arrived for %s%s", s.job.Deadline, s.lastWords())
}

// rows: they have to arrive once, where nothing goes wrong.
func (s *seen) rows() (all []Line) {
	n := s.out.Rows
	total := format.Thousands(n.Table)
	if missing := n.Lost + n.Unfinished; missing > 0 && s.ended {
		all = append(all, wrong("exit with another code than 0 while rows are left", "it ended with 0, and %s of %s rows are not in %s", format.Thousands(missing), total, s.target)...)
	} else if missing > 0 {
		all = append(all, wrong("see the workers.log of a run", "%s of %s rows are not in %s", format.Thousands(missing), total, s.target)...)
	}
	if n.Duplicated > 0 {
		all = append(all, wrong("onceover chaos shows which, and how it came about", "%s of %s rows are in %s more than once, though nothing went wrong", format.Thousands(n.Duplicated), total, s.target)...)
	}
	if n.Corrupted > 0 {
		all = append(all, wrong("push the payload as it is in the table", "%s in %s differ from their rows", format.Plural(n.Corrupted, "element", "elements"), s.target)...)
	}
	if len(all) == 0 {
		return right("%s rows arrived exactly once", total)
	}
	return all
}

// chunks: no step may hold more rows than a chunk.
func (s *seen) chunks() []Line {
	if most := s.most(s.out.Rows.List); most > s.job.ChunkSize {
		return wrong("take ONCEOVER_CHUNK_SIZE, or {chunk_size}: faults strike between chunks",
			"it pushed %d rows in one step, and a chunk had %d", most, s.job.ChunkSize)
	}
	if s.writes == 0 {
		return nil
	}
	return right("no step pushed more rows than a chunk has")
}

// children: nothing may go on after a worker.
func (s *seen) children() []Line {
	if s.survivors == 0 {
		return nil
	}
	return wrong("wait for whatever the program starts, before it exits: what is left of it is ended with it",
		"%s went on after the worker that had started them", format.Plural(s.survivors, "process", "processes"))
}

// does is how the program works.
func (s *seen) does() []Line {
	chunks := float64(s.job.Rows) / float64(s.job.ChunkSize)
	return []Line{
		{Does, fmt.Sprintf("%.1f commands to Redis and %.1f statements to MySQL for each chunk of %d rows",
			float64(s.requests[toRedis])/chunks, float64(s.requests[toMySQL])/chunks, s.job.ChunkSize), ""},
		{Does, "writes to " + s.target.String() + ": " + s.said(), ""},
	}
}
