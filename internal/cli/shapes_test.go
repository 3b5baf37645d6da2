// SPDX-License-Identifier: MPL-2.0

package cli

import "testing"

// What the tests read of what the commands write for machines.
type (
	readFinding struct{ File, Rule, Severity, Message string }

	gitlabRead struct{ Location struct{ Path string } }

	sarifRead struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []sarifReadResult
		}
	}

	sarifReadResult struct {
		RuleID    string
		RuleIndex int
		Level     string
		Locations []struct {
			PhysicalLocation struct {
				ArtifactLocation struct{ URI string }
				Region           sarifReadRegion
			}
		}
		PartialFingerprints map[string]string
		Fixes               []struct {
			ArtifactChanges []struct {
				Replacements []struct{ DeletedRegion sarifReadRegion }
			}
		}
	}

	sarifReadRegion struct{ StartLine, StartColumn, EndColumn, ByteOffset, ByteLength int }
)

// formatsOf are the output formats that a command names.
func formatsOf(t *testing.T, command string) []string {
	t.Helper()
	for _, c := range allCommands() {
		if c.CommandPath() == "cfgxml "+command {
			complete, ok := c.GetFlagCompletionFunc("format")
			if !ok {
				break
			}
			words, _ := complete(c, nil, "")
			return words
		}
	}
	t.Fatalf("%s has no formats", command)
	return nil
}
