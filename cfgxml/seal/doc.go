// SPDX-License-Identifier: MPL-2.0

// Package seal compresses and encrypts configuration files the ways that
// phones accept, and opens them again: gzip, AES-256-CBC as openssl enc writes
// it, and the content coding aes128gcm of RFC 8188. It works on bytes and does
// not read the document in them.
package seal
