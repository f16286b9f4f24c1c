package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

// disturbedInARow is how many runs in a row may come to nothing for trouble that
// nobody planned, before that ends the campaign.
const disturbedInARow = 3

// disturbed turns the failure of a run into a run without a verdict, if a server
// that the plan had not taken away failed it: the next run can have one. The
// servers are brought back. Seen is the trouble that is known already.
func (w *World) disturbed(ctx context.Context, failure error, seen []string, all ...*servers.Server) (reports.Run, error) {
	if ctx.Err() != nil || errors.Is(failure, ErrWorker) || errors.Is(failure, ErrLeftBehind) {
		return reports.Run{}, failure
	}
	if errors.Is(failure, ErrSetup) {
		return w.unprepared(failure)
	}
	for _, s := range all {
		happened, err := settled(ctx, s)
		if happened != "" {
			seen = append(seen, s.Name()+" "+happened)
		}
		failure = errors.Join(failure, err)
	}
	if errors.Is(failure, servers.ErrSilent) {
		seen = append(seen, "the Docker engine did not answer")
	}
	if len(seen) == 0 {
		return reports.Run{}, failure
	}
	if w.disturbances++; w.disturbances >= disturbedInARow {
		return reports.Run{}, fmt.Errorf("%d runs in a row came to nothing, the last since %s: %w", w.disturbances, strings.Join(seen, ", "), failure)
	}
	return reports.Run{
		Verdict: reports.Inconclusive, Unplanned: seen,
		Why: fmt.Sprintf("%s, which was not in the plan; the run came to nothing: %s", strings.Join(seen, ", "), format.OneLine(failure)),
	}, nil
}

// settled brings a server back if it has ended, and says what had happened, or "".
// One that does not answer may be about to end.
func settled(ctx context.Context, s *servers.Server) (happened string, err error) {
	for deadline := time.Now().Add(serverWait); ; {
		happened, err = s.Recover(ctx)
		if err == nil && happened == "" {
			err = s.Answers(ctx)
		}
		if err == nil || happened != "" || time.Now().After(deadline) || worker.Sleep(ctx, look) != nil {
			return happened, err
		}
	}
}
