// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var files = map[string]string{
	"good.xml":       "<flat-profile><Station_Name>Lobby</Station_Name></flat-profile>",
	"site/bad.XML":   "<flat-profile>\n<CDC_Server_1_>https://scep.example.net/</CDC_Server_1_>\n</flat-profile>",
	"site/cut.xml":   "<flat-profile>\n<A>",
	"site/notes.txt": "<flat-profile",
}

func TestCheck(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	var out strings.Builder
	n, bad, err := check(&out, fsys)
	if n != 3 || bad != 2 || err != nil {
		t.Errorf("%d files, %d bad, %v", n, bad, err)
	}
	for _, want := range []string{"site/bad.XML:2: ", "cdc-server-scheme", "site/cut.xml: line 2"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "good.xml") {
		t.Errorf("complains about a good file:\n%s", out.String())
	}
}

// TestProgram runs it as a user would.
func TestProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(t.TempDir(), "batch-check")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write := func(name string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("good.xml")
	if out, err := exec.Command(program, dir).CombinedOutput(); err != nil || string(out) != "1 files, 0 with errors\n" {
		t.Errorf("%v: %s", err, out)
	}
	write("site/bad.XML")
	if out, err := exec.Command(program, dir).CombinedOutput(); err == nil || !strings.Contains(string(out), "2 files, 1 with errors") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := exec.Command(program, dir+"/missing").CombinedOutput(); err == nil || !strings.Contains(string(out), "no such file") {
		t.Errorf("%v: %s", err, out)
	}
}
