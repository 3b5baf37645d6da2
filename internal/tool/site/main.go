// SPDX-License-Identifier: MPL-2.0

// Site builds a page on which DHCP option 43 is made and taken apart in the
// browser, by this project's own code: one HTML file that opens from a disk and
// asks no network for anything.
//
//	go run ./internal/tool/site -o build/site/option43.html
package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/renameio/v2/maybe"
)

//go:embed page.html
var page string

func main() {
	out := flag.String("o", "build/site/option43.html", "`file` to write")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "site: no arguments, only -o")
		os.Exit(2)
	}
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

func write(out string) error {
	html, err := build()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return maybe.WriteFile(out, html, 0o644)
}

// build compiles the Go part and puts everything into one file.
func build() ([]byte, error) {
	wasm, err := compile()
	if err != nil {
		return nil, err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	// Go's own glue between a browser and its WebAssembly; it belongs to the
	// version that compiled.
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	if bytes.Contains(glue, []byte("</script")) {
		return nil, errors.New("wasm_exec.js cannot stand in a page")
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(wasm); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	r := strings.NewReplacer("/*WASM_EXEC*/", string(glue), "@WASM@", base64.StdEncoding.EncodeToString(packed.Bytes()))
	return []byte(r.Replace(page)), nil
}

func compile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "site")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "option43.wasm")
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", out, "./wasm")
	cmd.Dir = filepath.Dir(here)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile for the browser: %w\n%s", err, text)
	}
	return os.ReadFile(out)
}
