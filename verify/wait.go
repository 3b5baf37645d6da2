// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A NotYetError is returned by [Wait] when the certificate was not right by the
// end of the context. It holds what was seen last.
type NotYetError struct {
	Evidence Evidence      // what the phone showed last; zero if it never answered
	Last     error         // why the last attempt could not read the phone's page, or nil
	Waited   time.Duration // how long Wait waited
	Err      error         // the context's error, or ErrCannotTell
}

// Error says how long Wait waited and what was wrong last.
func (e *NotYetError) Error() string {
	var why []string
	if e.Last != nil {
		why = append(why, e.Last.Error())
	} else {
		why = append(why, e.Evidence.Problems...)
	}
	end := "given up"
	if errors.Is(e.Err, context.Canceled) {
		end = "interrupted"
	}
	text := fmt.Sprintf("%s after %s: %s", end, e.Waited.Round(time.Millisecond*100), strings.Join(why, "; "))
	if e.Evidence.Status != "" {
		text += fmt.Sprintf("; the phone's download status: %q", e.Evidence.Status)
	}
	return text
}

// Unwrap returns what ended the waiting.
func (e *NotYetError) Unwrap() error { return e.Err }

// ErrCannotTell is what ended waiting when the phone's status says nothing of a
// certificate.
var ErrCannotTell = errors.New("the phone's status says nothing of a custom device certificate")

// Backdated is how long before its making a certificate may say that it begins to
// be valid: CAs allow for clocks that are behind.
const Backdated = 15 * time.Minute

// unknownChecks is how often in a row a phone may say nothing before waiting
// ends: one that starts may serve half a status, another will never say more.
const unknownChecks = 10

// Wait checks every poll, or every second if poll is not positive, until the
// certificate is right. When ctx ends first, it returns a [*NotYetError] and the
// evidence seen last. A phone that does not answer is asked again, because it may
// be starting. A phone whose status says nothing of a certificate is given
// ten checks to become one that does. progress, if not nil, is called after each check whose result
// differs from the one before.
func Wait(ctx context.Context, page string, e Expectation, hc *http.Client, poll time.Duration, progress func(Evidence, error)) (Evidence, error) {
	if poll <= 0 {
		poll = time.Second
	}
	start := time.Now()
	var seen Evidence
	var last error
	var told string
	unknown := 0
	for first := true; ; first = false {
		ev, err := Check(ctx, page, e, hc)
		if err == nil {
			seen, last = ev, nil
		} else if first || ctx.Err() == nil { // else the end of waiting itself is the error
			last = err
		}
		if now := fmt.Sprint(err, ev.Status, ev.Serial, ev.Problems); progress != nil && now != told && ctx.Err() == nil {
			told = now
			progress(ev, err)
		}
		if err == nil && ev.Verified() {
			return ev, nil
		}
		if unknown++; err != nil || ev.Verdict != Unknown {
			unknown = 0
		}
		if unknown == unknownChecks {
			return ev, &NotYetError{Evidence: ev, Waited: time.Since(start), Err: ErrCannotTell}
		}
		select {
		case <-ctx.Done():
			if seen.Phone == "" {
				seen = Evidence{Phone: page, CheckedAt: ev.CheckedAt}
			}
			return seen, &NotYetError{Evidence: seen, Last: last, Waited: time.Since(start), Err: ctx.Err()}
		case <-time.After(poll):
		}
	}
}
