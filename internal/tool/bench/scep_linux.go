// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"runtime"
	"sync/atomic"
	"syscall"

	"github.com/phonecfg/terraform-provider-ciscophone/phone"
)

const freshPhones = 60

// rusageThread is RUSAGE_THREAD of getrusage(2).
const rusageThread = 1

// freshKeys is the processor time of phones that make their keys and enroll, the
// CA's included, over that of making the keys. No two keys take the same time,
// so it is the time of these very keys that counts.
func freshKeys(*inputs) (float64, error) {
	return onProcessors(func() (float64, error) {
		l, err := newSCEPLab()
		if err != nil {
			return 0, err
		}
		defer l.close()
		var making atomic.Int64
		phones := make([]*phone.Phone, freshPhones)
		for i := range phones {
			if phones[i], err = l.phone(i, func() (*rsa.PrivateKey, error) {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				start := usage(rusageThread)
				key, err := rsa.GenerateKey(rand.Reader, 2048)
				making.Add(usage(rusageThread) - start)
				return key, err
			}); err != nil {
				return 0, err
			}
		}
		start := processorTime()
		if _, err := parallel(freshPhones, func(i int) error {
			phones[i].Tick(context.Background())
			return nil
		}); err != nil {
			return 0, err
		}
		all := processorTime() - start
		return float64(all) / float64(making.Load()), l.installed(phones)
	})
}

// processorTime is what the process has used, in nanoseconds.
func processorTime() int64 { return usage(syscall.RUSAGE_SELF) }

// usage is what the process or the thread has used, in nanoseconds.
func usage(who int) int64 {
	var u syscall.Rusage
	check(syscall.Getrusage(who, &u))
	return u.Utime.Nano() + u.Stime.Nano()
}
