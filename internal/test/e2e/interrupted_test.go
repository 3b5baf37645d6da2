// SPDX-License-Identifier: MPL-2.0

//go:build unix

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// start begins an apply and waits until the first file is pushed.
func (w *work) start(info lab.Info) (wait func() (string, error), pid int) {
	w.t.Helper()
	cmd := w.command("apply", "-no-color", "-input=false", "-auto-approve")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	wait = sync.OnceValues(func() (string, error) {
		err := cmd.Wait()
		w.output.Write(out.Bytes())
		return out.String(), err
	})
	w.t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); wait() })
	file := filepath.Join(info.Store, info.Phones[0].Config)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if data, err := os.ReadFile(file); err == nil && bytes.Contains(data, []byte("<CDC_Server_1_")) {
			return wait, cmd.Process.Pid
		}
		if time.Now().After(end) {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			text, _ := wait()
			w.t.Fatalf("nothing was pushed:\n%s", text)
		}
	}
}

// resync lets the phones fetch their files, as often as needed, until the test
// ends.
func resync(t *testing.T, l *lab.Lab) {
	for _, p := range l.Phones() {
		go func() {
			for t.Context().Err() == nil {
				p.Resync(t.Context())
				time.Sleep(100 * time.Millisecond)
			}
		}()
	}
}

// TestInterrupted: an apply that waits for phones is interrupted, politely and
// not. The next plan says what is, and the next apply finishes the work.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"interrupt": syscall.SIGINT, "kill": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWork(t, "quickstart")
			w.needs(8, functions)
			l := startLab(t, 1, time.Hour) // the phone fetches when told to
			info := l.Info()
			challenge := strings.TrimSpace(read(t, info.ChallengeFile))
			vars := quickstart(info)
			w.variables(vars)
			wait, pid := w.start(info)
			time.Sleep(500 * time.Millisecond) // it waits now
			at := time.Now()
			if signal == syscall.SIGKILL {
				pid = -pid // the provider too: nobody gets to say good-bye
			}
			if err := syscall.Kill(pid, signal); err != nil {
				t.Fatal(err)
			}
			out, err := wait()
			if err == nil || time.Since(at) > time.Minute {
				t.Fatalf("the interrupted apply ended after %s with %v:\n%s", time.Since(at), err, out)
			}
			file := filepath.Join(info.Store, info.Phones[0].Config)
			pushed := read(t, file)

			os.Remove(filepath.Join(w.dir, ".terraform.tfstate.lock.info")) // what a killed CLI leaves
			out, changed := w.plan("-lock=false")
			if !changed || strings.Contains(out, "the phone requests a new certificate") || !strings.Contains(out, "ciscophone_enrollment.phone") {
				t.Errorf("the next plan should offer to wait, and no change of the file:\n%s", out)
			}
			resync(t, l)
			w.apply("-lock=false")
			if ev := w.evidence()[info.Phones[0].Name]; !ev.Verified {
				t.Errorf("evidence %+v", ev)
			}
			if read(t, file) != pushed {
				t.Error("the file was pushed once more, and differently")
			}
			if out, changed := w.plan("-lock=false"); changed {
				t.Errorf("the last plan is not empty:\n%s", out)
			}
			w.nowhere(challenge, file)
		})
	}
}

// TestWrongChallenge: the phone says why it has no certificate, and the apply
// passes it on.
func TestWrongChallenge(t *testing.T) {
	t.Parallel()
	w := newWork(t, "quickstart")
	w.needs(8, functions)
	l := startLab(t, 1, 100*time.Millisecond)
	info := l.Info()
	vars := quickstart(info)
	wrong := filepath.Join(t.TempDir(), "challenge")
	if err := os.WriteFile(wrong, []byte("wrong-Challenge-12"), 0o600); err != nil {
		t.Fatal(err)
	}
	vars["challenge_password_file"], vars["wait"] = wrong, "4s"
	w.variables(vars)
	out, _ := w.run([]int{1}, "apply", "-no-color", "-input=false", "-auto-approve")
	for _, want := range []string{"Phone Does Not Hold the Right Certificate", "download status"} {
		if !strings.Contains(out, want) {
			t.Errorf("the apply lacks %q:\n%s", want, out)
		}
	}
	vars["challenge_password_file"], vars["wait"] = info.ChallengeFile, "60s"
	w.variables(vars)
	w.apply()
	if ev := w.evidence()[info.Phones[0].Name]; !ev.Verified {
		t.Errorf("after the right challenge: %+v", ev)
	}
	w.nowhere("wrong-Challenge-12")
}
