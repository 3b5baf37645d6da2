// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"sync"
	"testing"
)

// Passes that run at once, and documents that follow each other in one pass's
// tables, do not see each other.
func TestDocumentsDoNotMix(t *testing.T) {
	t.Parallel()
	type sample struct {
		text, want string
		rule       Rule
	}
	var samples []sample
	for _, r := range Rules() {
		for _, lines := range []string{r.Bad, r.Good} {
			d := parse(t, profile(lines))
			samples = append(samples, sample{profile(lines), listing(d, Document(d, r.with)), r})
		}
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range samples {
				s := samples[(i*(2*worker+1)+worker)%len(samples)]
				d := parse(t, s.text)
				if got := listing(d, Document(d, s.rule.with)); got != s.want {
					t.Errorf("%s: alone\n%s\namong others\n%s", s.rule.ID, s.want, got)
				}
			}
		})
	}
	wg.Wait()
}
