// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// evidence is the quickstart's output.
type evidence map[string]struct {
	CommonName string `json:"common_name"`
	Serial     string `json:"serial"`
	Issuer     string `json:"issuer"`
	NotAfter   string `json:"not_after"`
	Verified   bool   `json:"verified"`
	Status     string `json:"status"`
}

func (w *work) evidence() evidence {
	w.t.Helper()
	var ev evidence
	if err := json.Unmarshal([]byte(w.ok("output", "-json", "evidence")), &ev); err != nil {
		w.t.Fatal(err)
	}
	return ev
}

// TestQuickstart is the main job from beginning to end.
func TestQuickstart(t *testing.T) {
	t.Parallel()
	w := newWork(t, "quickstart")
	w.needs(8, functions)
	l := startLab(t, 3, 100*time.Millisecond)
	info := l.Info()
	challenge := strings.TrimSpace(read(t, info.ChallengeFile))
	vars := quickstart(info)
	w.variables(vars)
	w.ok("validate", "-json")

	// First apply, from a saved plan, in both forms of output.
	out, changed := w.plan("-out=first.plan")
	for _, want := range []string{
		"6 to add, 0 to change, 0 to destroy",
		`CDC_Server_1_: added \"` + info.SCEPURL + `\"; the phone requests a new certificate`,
		"CDC_Challenge_Password_1_: added (secret); the phone requests a new certificate",
	} {
		if !changed || !strings.Contains(out, want) {
			t.Errorf("the first plan lacks %q:\n%s", want, out)
		}
	}
	w.ok("show", "-json", "first.plan")
	w.ok("apply", "-json", "first.plan")
	first := w.evidence()
	var stored []string
	for _, p := range info.Phones {
		file := filepath.Join(info.Store, p.Config)
		stored = append(stored, file)
		ev := first[p.Name]
		if want := p.MICCommonName + ".example.net"; ev.CommonName != want || !ev.Verified || ev.Serial == "" || ev.Issuer == "" || ev.Status == "" {
			t.Errorf("%s: evidence %+v, want common name %s", p.Name, ev, want)
		}
		if got, want := withoutCDC(read(t, file)), read(t, p.AdminFile); got != want {
			t.Errorf("%s differs from the administrator's file in more than the CDC lines", p.Config)
		}
	}
	w.nowhere(challenge, stored...)
	if out, changed := w.plan(); changed {
		t.Errorf("the second plan is not empty:\n%s", out)
	}

	// One parameter changes.
	vars["domain"] = "example.org"
	w.variables(vars)
	out, _ = w.plan()
	if want := `.example.net\" -> \"` + info.Phones[0].MICCommonName + `.example.org\"; the phone requests a new certificate`; !strings.Contains(out, want) ||
		!strings.Contains(out, "0 to add, 6 to change, 0 to destroy") {
		t.Errorf("the plan of a change lacks %q:\n%s", want, out)
	}
	w.apply()
	second := w.evidence()
	for name, ev := range second {
		if ev.Serial == first[name].Serial || !strings.HasSuffix(ev.CommonName, ".example.org") || !ev.Verified {
			t.Errorf("%s: after the change %+v, before %+v", name, ev, first[name])
		}
	}
	if out, changed := w.plan(); changed {
		t.Errorf("the third plan is not empty:\n%s", out)
	}

	// Somebody edits what was pushed: a CDC line, the password, another line.
	for _, drift := range []struct{ old, new, want string }{
		{info.FingerprintSHA256, strings.Repeat("AB", 32), "CDC_Root_CA_Fingerprint_1_: "},
		{">" + challenge + "<", ">guessed<", "CDC_Challenge_Password_1_: changed (secret)"},
		{"</flat-profile>", "<Handset_Input_Gain ua=\"na\">6</Handset_Input_Gain></flat-profile>", "Handset_Input_Gain: "},
	} {
		before := read(t, stored[0])
		edit(t, stored[0], drift.old, drift.new)
		out, changed := w.plan("-out=drift.plan")
		if !changed || !strings.Contains(out, drift.want) {
			t.Errorf("the plan after drift lacks %q:\n%s", drift.want, out)
		}
		w.ok("apply", "-no-color", "drift.plan")
		if read(t, stored[0]) != before {
			t.Errorf("drift %q was not corrected", drift.want)
		}
	}
	w.nowhere(challenge, stored...)

	w.ok("destroy", "-no-color", "-auto-approve")
	if out, _ := w.plan(); !strings.Contains(out, "6 to add") {
		t.Errorf("after destroy:\n%s", out)
	}
	for _, p := range info.Phones { // on_destroy = "keep"
		if !strings.Contains(read(t, info.Store, p.Config), challenge) {
			t.Errorf("%s was touched by destroy", p.Config)
		}
	}
	w.nowhere(challenge, stored...)
}

// withoutCDC drops the lines of the four parameters.
func withoutCDC(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "<CDC_") {
			b.WriteString(line)
		}
	}
	return b.String()
}
