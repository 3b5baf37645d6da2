// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPushKilled: after kill -9 the same command does the rest, every file is whole,
// and the journal has each phone.
func TestPushKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const phones = 3000
	var sheet strings.Builder
	sheet.WriteString("mac,model,Station_Name\n")
	for i := range phones {
		fmt.Fprintf(&sheet, "001A2B3C%04X,9871,desk %d\n", i, i)
	}
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	store, journal := filepath.Join(dir, "store"), filepath.Join(dir, "journal.jsonl")
	if err := os.Mkdir(store, 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"push", "--inventory", write("phones.csv", sheet.String()),
		"--template", write("base.xml", "<flat-profile>\n<Station_Name></Station_Name>\n</flat-profile>\n"), "--store", store, "--journal", journal}
	killed := exec.CommandContext(t.Context(), "ciscophone", args...)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if data, _ := os.ReadFile(journal); len(data) > 0 {
			break // some are written
		}
	}
	_ = killed.Process.Kill()
	_ = killed.Wait()
	if out, err := exec.CommandContext(t.Context(), "ciscophone", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]int{}
	for line := range bytes.Lines(data) {
		var l struct{ File, Result string }
		if json.Unmarshal(line, &l) == nil {
			noted[l.File]++
		}
	}
	for i := range phones {
		name := fmt.Sprintf("SEP001A2B3C%04X.xml", i)
		want := fmt.Sprintf("<flat-profile>\n<Station_Name>desk %d</Station_Name>\n</flat-profile>\n", i)
		if got, err := os.ReadFile(filepath.Join(store, name)); err != nil || string(got) != want || noted[name] != 1 {
			t.Fatalf("%s: %d times in the journal, %v, %q", name, noted[name], err, got)
		}
	}
}
