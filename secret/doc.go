// SPDX-License-Identifier: MPL-2.0

// Package secret is the one place that decides what a secret is: how it is
// held, how it is printed, what is only a mask of one, and where inside a
// longer value one hides.
//
// A [Text] holds a password or a key. Whatever prints, logs or encodes it shows
// "(secret)"; only [Text.Reveal] returns the text, so that every place that
// needs it can be found with grep:
//
//	s := secret.New("Gentle-Otter-42")
//	fmt.Println(s)          // (secret)
//	fmt.Println(s.Reveal()) // Gentle-Otter-42
//
// A mask is what a printer shows instead of a secret: this package's "(secret)",
// the asterisks of a phone's export, Terraform's "(sensitive value)". Written
// back, a mask would become the password. [IsMask] knows all of them, and every
// way in refuses them with [ErrMask]. A mask never means "keep what is there".
//
// Secrets also stand inside values that are not secret by name: after --key in
// a profile rule, or in a URL. [Spans] finds them and [Redact] replaces them.
//
// [ReadFile] and [Read] read a secret from a file, the way Notepad, PowerShell,
// echo and vi write one.
package secret
