// SPDX-License-Identifier: MPL-2.0

package provider

import "os"

// The libraries below a provider log each step of each request, two hundred lines
// for a phone that does not change, unless told otherwise; they leave it to the
// CLI to drop them. It drops all where no log is asked for, after every line was
// written, sent and read: a quarter of the processor time of a plan.

// logVariables are the environment variables that ask for logs of a provider
// or its libraries. A CLI passes its own on to the provider.
var logVariables = []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK"}

// skipUnheardLogs switches the libraries' logs off where nobody would see them.
// It is for a process that a CLI started: only then are its variables the CLI's.
func skipUnheardLogs() error {
	for _, name := range logVariables {
		if os.Getenv(name) != "" {
			return nil
		}
	}
	return os.Setenv("TF_LOG_SDK", "OFF")
}
