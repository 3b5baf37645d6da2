// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTests runs the examples' own tests, as tofu test does.
func TestTests(t *testing.T) {
	t.Parallel()
	newWork(t, "quickstart") // skips here, once, without a CLI
	l := startLab(t, 3, time.Hour)
	info := l.Info()
	passed := regexp.MustCompile(`Success! (\d+) passed, 0 failed`)
	for example, variables := range map[string]map[string]any{
		"quickstart": quickstart(info),
		"modules/site": {"store": info.Store, "template_file": info.Phones[0].AdminFile, "scep_server": info.SCEPURL, "root_ca_fingerprint": info.FingerprintSHA256,
			"challenge_password_file": info.ChallengeFile},
		"write-only": {"store": info.Store, "scep_server": info.SCEPURL, "root_ca_fingerprint": info.FingerprintSHA256, "path": "test.xml"},
	} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			w := newWork(t, example)
			if example == "write-only" {
				w.needs(11, writeOnly)
			}
			w.needs(8, functions)
			w.variables(variables)
			out := w.ok("test", "-no-color")
			if m := passed.FindStringSubmatch(out); m == nil || m[1] == "0" {
				t.Errorf("the tests say\n%s", out)
			}
			w.nowhere(strings.TrimSpace(read(t, info.ChallengeFile)))
		})
	}
}
