// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

const (
	verdictPhones = 100_000
	manyPhones    = 1_000_000
)

// verdictsBySort compares a verdict for each of 100,000 phones, from an index.txt
// and a linelog with a line for each in another order, with counting the lines of
// both files and sorting them, as a shell script would begin.
func verdictsBySort(*inputs) (float64, error) {
	return withRecords(verdictPhones, func(r *records) (float64, error) {
		var ratios []float64
		for range 7 {
			start := time.Now()
			if _, err := r.join(); err != nil {
				return 0, err
			}
			ours := time.Since(start)
			theirs, err := r.shell()
			if err != nil {
				return 0, err
			}
			ratios = append(ratios, float64(ours)/float64(theirs))
		}
		return median(ratios), nil
	})
}

// verdictsOfMany compares the processor time of a million phones with that of a
// hundred thousand.
func verdictsOfMany(*inputs) (float64, error) {
	few, err := joinTime(verdictPhones)
	if err != nil {
		return 0, err
	}
	many, err := joinTime(manyPhones)
	return float64(many) / float64(few), err
}

// joinTime returns the least processor time of three joins.
func joinTime(n int) (best int64, err error) {
	_, err = withRecords(n, func(r *records) (float64, error) {
		for range 3 {
			start := processorTime()
			if _, err := r.join(); err != nil {
				return 0, err
			}
			if took := processorTime() - start; best == 0 || took < best {
				best = took
			}
		}
		return 0, nil
	})
	return best, err
}

// verdictMemory is what the join occupies when all has been read, in bytes a phone.
// The phones themselves, which the caller has, are part of it.
func verdictMemory(*inputs) (float64, error) { return joinMemory(verdictPhones) }

func verdictMemoryOfMany(*inputs) (float64, error) { return joinMemory(manyPhones) }

func joinMemory(n int) (float64, error) {
	return withRecords(n, func(r *records) (float64, error) {
		var err error
		r.phones = nil
		bytes := occupied(func() any {
			r.phones = phones(n)
			var j *fleet.Join
			j, err = r.join()
			return j
		})
		return bytes / float64(n), err
	})
}

// records are the files that verdicts are made from.
type records struct {
	dir    string
	phones []fleet.Phone
}

func withRecords(n int, measure func(*records) (float64, error)) (float64, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	r := &records{dir: dir, phones: phones(n)}
	if err := r.write(); err != nil {
		return 0, err
	}
	return measure(r)
}

func phones(n int) []fleet.Phone {
	model, err := device.ParseModel("9871")
	if err != nil {
		panic(err)
	}
	all := make([]fleet.Phone, n)
	for i := range all {
		id := device.Identity{Model: model, MAC: device.MAC{0, 0x1a, 0, byte(i >> 16), byte(i >> 8), byte(i)}}
		all[i] = fleet.Phone{Identity: id, Name: id.CommonName("example.net")}
	}
	return all
}

func (r *records) path(name string) string { return filepath.Join(r.dir, name) }

func (r *records) write() error {
	random := rand.New(rand.NewPCG(1, 2))
	serials := make([]string, len(r.phones))
	var index, log strings.Builder
	for i, p := range r.phones {
		serials[i] = fmt.Sprintf("%016X%016X", random.Uint64()|1<<62, random.Uint64())
		fmt.Fprintf(&index, "V\t270927112008Z\t\t%s\tunknown\t/CN=%s\n", serials[i], p.Name)
	}
	for _, i := range random.Perm(len(r.phones)) {
		p := r.phones[i]
		fmt.Fprintf(&log, "2026-12-01 11:20:08,%s,%s,%s,%s,270927112008Z,Access-Accept\n",
			p.UserID("example.net"), strings.ReplaceAll(strings.ToUpper(p.MAC.String()), ":", "-"), p.Name, strings.ToLower(serials[i]))
	}
	if err := os.WriteFile(r.path("index.txt"), []byte(index.String()), 0o600); err != nil {
		return err
	}
	return os.WriteFile(r.path("log"), []byte(log.String()), 0o600)
}

func (r *records) join() (*fleet.Join, error) {
	j, err := fleet.New(r.phones, fleet.Expectation{Now: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"index:" + r.path("index.txt"), "freeradius:" + r.path("log")} {
		s, err := record.Parse(name)
		if err != nil {
			return nil, err
		}
		report, err := s.Read(context.Background(), record.Options{}, j.Add)
		if err != nil {
			return nil, err
		}
		j.Read(report)
	}
	used := 0
	for result := range j.Results() {
		if result.Verdict == fleet.InUse {
			used++
		}
	}
	if used != len(r.phones) {
		return nil, fmt.Errorf("%d of %d phones are in use", used, len(r.phones))
	}
	return j, nil
}

// shell runs wc and sort on both files.
func (r *records) shell() (time.Duration, error) {
	start := time.Now()
	for _, args := range [][]string{{"wc", "-l", r.path("index.txt"), r.path("log")}, {"sort", r.path("index.txt")}, {"sort", r.path("log")}} {
		program, err := exec.LookPath(args[0])
		if err != nil {
			return 0, &missingError{args[0] + " on PATH"}
		}
		cmd := exec.Command(program, args[1:]...)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		if err := cmd.Run(); err != nil { // without Stdout it writes to the null device
			return 0, fmt.Errorf("%s: %w", args[0], err)
		}
	}
	return time.Since(start), nil
}
