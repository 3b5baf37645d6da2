// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// Bounds of DHCP option 43: the document's example, against the general reader
// and writer of options of insomniacslk/dhcp on the same bytes, which judge
// nothing; a capture of CISCOPHONE_BENCH_PCAP_MB megabytes, 200 unless set,
// against tshark filtering the same file.
func init() {
	bounds = append(bounds,
		bound{name: "insomniacslk/option43-encode", limit: 3, unit: "x", least: true, measure: option43Encode},
		bound{name: "insomniacslk/option43-decode", limit: 3, unit: "x", least: true, measure: option43Decode},
		bound{name: "option43-allocations", limit: 2, measure: option43Allocations},
		bound{name: "tshark/option43-check", limit: 10, unit: "x", least: true, measure: tsharkByCheck},
		bound{name: "option43-check-kib", limit: 1200, measure: checkMemory},
	)
}

func option43Encode(*inputs) (float64, error) {
	p, data := option43.Example(), must(hex.DecodeString(option43.ExampleHex))
	options := dhcpv4.Options{}
	if err := options.FromBytes(data); err != nil {
		return 0, err
	}
	if ours, theirs := must(p.Encode()), options.ToBytes(); !bytes.Equal(ours, data) || !bytes.Equal(theirs, data) {
		return 0, fmt.Errorf("we write %x, the library writes %x, the document %x", ours, theirs, data)
	}
	return ratio(func() { options.ToBytes() }, func() { must(p.Encode()) }), nil
}

func option43Decode(*inputs) (float64, error) {
	data := must(hex.DecodeString(option43.ExampleHex))
	return ratio(
		func() {
			options := dhcpv4.Options{}
			if err := options.FromBytes(data); err != nil {
				panic(err)
			}
		},
		func() { must(option43.Decode(data)) },
	), nil
}

// option43Allocations is the larger of those of Encode and Decode.
func option43Allocations(*inputs) (float64, error) {
	p, data := option43.Example(), must(hex.DecodeString(option43.ExampleHex))
	return max(
		testing.AllocsPerRun(1000, func() { must(p.Encode()) }),
		testing.AllocsPerRun(1000, func() { must(option43.Decode(data)) }),
	), nil
}

// capture writes a capture in which one packet of a thousand is DHCP, and says
// how many those are.
func capture(path string, size int64) (messages int, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	le := binary.LittleEndian
	_, _ = w.Write(le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(nil,
		0xA1B2C3D4), 4<<16|2), 0), 0), 65535), 1))
	payload := bytes.Repeat([]byte{0x5a}, 1000)
	web := frame(443, 51000, payload)
	dhcp := frame(67, 68, answer())
	for n, written := 0, int64(24); written < size; n++ {
		b := web
		if n%1000 == 500 {
			b = dhcp
			messages++
		}
		var head [16]byte
		le.PutUint32(head[0:], uint32(1_790_000_000+n/1000))
		le.PutUint32(head[8:], uint32(len(b)))
		le.PutUint32(head[12:], uint32(len(b)))
		_, _ = w.Write(head[:])
		_, _ = w.Write(b)
		written += int64(16 + len(b))
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	return messages, f.Close()
}

// frame is a UDP packet in an Ethernet frame.
func frame(from, to uint16, payload []byte) []byte {
	be := binary.BigEndian
	b := append(bytes.Repeat([]byte{2}, 12), 0x08, 0x00, 0x45, 0)
	b = be.AppendUint16(b, uint16(28+len(payload)))
	b = append(b, 0, 0, 0, 0, 64, 17, 0, 0, 10, 43, 0, 1, 10, 43, 0, 100)
	b = be.AppendUint16(be.AppendUint16(b, from), to)
	b = be.AppendUint16(be.AppendUint16(b, uint16(8+len(payload))), 0)
	return append(b, payload...)
}

// answer is a DHCP acknowledgement with the document's example.
func answer() []byte {
	b := make([]byte, 236)
	b[0], b[1], b[2], b[33] = 2, 1, 6, 9
	b = append(b, 0x63, 0x82, 0x53, 0x63, 53, 1, 5, 43, 69)
	b = append(b, must(hex.DecodeString(option43.ExampleHex))...)
	return append(b, 255)
}

// withCapture makes a capture for as long as f runs.
func withCapture(megabytes int64, f func(path string, messages int) (float64, error)) (float64, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "phones.pcap")
	messages, err := capture(path, megabytes<<20)
	if err != nil {
		return 0, err
	}
	return f(path, messages)
}

// count reads a capture as cfgxml option43 check does.
func count(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n := 0
	for m, err := range option43.Messages(f) {
		if err != nil {
			return n, err
		}
		if _, err := option43.Decode(m.Option43); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func captureMegabytes() (int64, error) {
	text := os.Getenv("CISCOPHONE_BENCH_PCAP_MB")
	if text == "" {
		return 200, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > 1<<20 {
		return 0, fmt.Errorf("CISCOPHONE_BENCH_PCAP_MB=%q: want a number of megabytes", text)
	}
	return n, nil
}

func tsharkByCheck(*inputs) (float64, error) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		return 0, &missingError{"tshark on PATH"}
	}
	megabytes, err := captureMegabytes()
	if err != nil {
		return 0, err
	}
	return withCapture(megabytes, func(path string, messages int) (float64, error) {
		if n, err := count(path); err != nil || n != messages { // and the file is in memory for both
			return 0, fmt.Errorf("%d messages of %d found: %w", n, messages, err)
		}
		start := time.Now()
		if _, err := count(path); err != nil {
			return 0, err
		}
		ours := time.Since(start)
		start = time.Now()
		out, err := exec.Command(tshark, "-n", "-r", path, "-Y", "dhcp", "-T", "fields", "-e", "dhcp.option.vendor.value").Output()
		theirs := time.Since(start)
		if err != nil {
			return 0, fmt.Errorf("tshark: %w", err)
		}
		if n := strings.Count(string(out), "\n"); n != messages {
			return 0, fmt.Errorf("tshark finds %d messages of %d", n, messages)
		}
		return float64(theirs) / float64(ours), nil
	})
}

// checkMemory is everything allocated while a capture is read, which does not
// depend on how long it is.
func checkMemory(*inputs) (float64, error) {
	return withCapture(64, func(path string, messages int) (float64, error) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		f, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		n := 0
		for _, err := range option43.Messages(io.Reader(f)) {
			if err != nil {
				return 0, err
			}
			n++
		}
		runtime.ReadMemStats(&after)
		if n != messages {
			return 0, fmt.Errorf("%d messages of %d found", n, messages)
		}
		return float64(after.TotalAlloc-before.TotalAlloc) / 1024, nil
	})
}
