// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// filesVariable in the environment says of how many files a folder is linted;
// defaultFiles are enough for a steady ratio.
const (
	filesVariable = "CISCOPHONE_BENCH_FILES"
	defaultFiles  = 400
)

// programs are the command line and a folder of files to lint, made when first
// asked for.
type programs struct {
	cfgxml, empty func() (string, error)
	folder        func() (string, []string, error)
	dir           string
}

func newPrograms(in *inputs) (*programs, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	p := &programs{dir: dir}
	p.cfgxml = sync.OnceValues(func() (string, error) {
		return goBuild(filepath.Join(dir, "cfgxml"), "", "github.com/phonecfg/terraform-provider-ciscophone/cmd/cfgxml")
	})
	p.empty = sync.OnceValues(func() (string, error) {
		source := filepath.Join(dir, "empty.go")
		if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
			return "", err
		}
		return goBuild(filepath.Join(dir, "empty"), dir, "empty.go")
	})
	p.folder = func() (string, []string, error) { return writePhones(filepath.Join(dir, "phones"), in.usual().data) }
	return p, nil
}

func (p *programs) close() { _ = os.RemoveAll(p.dir) }

// goBuild builds as a release is built, without C.
func goBuild(output, dir, what string) (string, error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return "", &missingError{"go on PATH"}
	}
	cmd := exec.Command(tool, "build", "-buildvcs=false", "-ldflags", "-s -w", "-o", output, what)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", what, err, text)
	}
	return output, nil
}

// writePhones writes files that differ in the common name.
func writePhones(dir string, data []byte) (string, []string, error) {
	n := defaultFiles
	if s := os.Getenv(filesVariable); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 1 {
			return "", nil, fmt.Errorf("%s is %q: want a number of files", filesVariable, s)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	doc := parse(data)
	var files []string
	for i := range n {
		phone, err := doc.Edit(cfgxml.Set(cdc.ParamCommonName, fmt.Sprintf("phone-%05d.example.net", i)))
		if err != nil {
			return "", nil, err
		}
		name := filepath.Join(dir, fmt.Sprintf("SEP%012X.xml", i))
		if err := os.WriteFile(name, phone.Bytes(), 0o600); err != nil {
			return "", nil, err
		}
		files = append(files, name)
	}
	return dir, files, nil
}

// lintByXmllint is the wall time of `cfgxml lint` of a folder against that of
// `xmllint --noout` given all of its files. Both read them from the page cache
// and use what cores there are.
func lintByXmllint(in *inputs) (float64, error) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		return 0, &missingError{"xmllint on PATH"}
	}
	return withFolder(in, func(program, dir string, files []string) (float64, error) {
		var ratios []float64
		for range 5 {
			theirs, err := wall(xmllint, append([]string{"--noout"}, files...)...)
			if err != nil {
				return 0, fmt.Errorf("xmllint: %w", err)
			}
			ours, err := wall(program, "lint", "--format", "oneline", dir)
			if err != nil {
				return 0, fmt.Errorf("cfgxml lint: %w", err)
			}
			ratios = append(ratios, float64(ours)/float64(theirs))
		}
		return median(ratios), nil
	})
}

// withFolder makes the command line and the folder of files for as long as f
// measures them.
func withFolder(in *inputs, f func(program, dir string, files []string) (float64, error)) (float64, error) {
	p, err := newPrograms(in)
	if err != nil {
		return 0, err
	}
	defer p.close()
	program, err := p.cfgxml()
	if err != nil {
		return 0, err
	}
	dir, files, err := p.folder()
	if err != nil {
		return 0, err
	}
	return f(program, dir, files)
}

// wall runs a program to its end. Findings are no failure.
func wall(program string, args ...string) (time.Duration, error) {
	start := time.Now()
	err := exec.Command(program, args...).Run()
	return time.Since(start), notFindings(err)
}

// notFindings lets the exit status pass that says no more than that lint found
// something.
func notFindings(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil
	}
	return err
}

// lintMemory is the most memory, in MB, that linting the folder occupies.
func lintMemory(in *inputs) (float64, error) {
	return withFolder(in, func(program, dir string, _ []string) (float64, error) {
		peak, err := peakMemory(program, "lint", "--format", "sarif", dir)
		if err != nil {
			return 0, fmt.Errorf("cfgxml lint: %w", err)
		}
		return peak, nil
	})
}

// startByEmpty is how long `cfgxml --version` takes against an empty Go program.
func startByEmpty(in *inputs) (float64, error) {
	p, err := newPrograms(in)
	if err != nil {
		return 0, err
	}
	defer p.close()
	program, err := p.cfgxml()
	if err != nil {
		return 0, err
	}
	empty, err := p.empty()
	if err != nil {
		return 0, err
	}
	var ratios []float64
	for range 60 {
		yardstick, err := wall(empty)
		if err != nil {
			return 0, err
		}
		ours, err := wall(program, "--version")
		if err != nil {
			return 0, err
		}
		ratios = append(ratios, float64(ours)/float64(yardstick))
	}
	return median(ratios), nil
}
