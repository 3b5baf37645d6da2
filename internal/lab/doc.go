// SPDX-License-Identifier: MPL-2.0

// Package lab runs a whole laboratory in one process, on loopback addresses: a
// SCEP CA, a provisioning server, simulated phones.
//
//	l, err := lab.Start(ctx, lab.Config{Dir: "/tmp/lab", Phones: 3, Output: os.Stdout})
//	// … /tmp/lab/lab.json says where everything is
//	err = l.Wait() // until ctx ends
//
// The directory then holds
//
//	lab.json          addresses, fingerprints, names: see [Info]. Written last
//	root-ca.pem       the CA's root certificate
//	challenge.txt     the challenge password, random
//	store-password.txt  the password of the provisioning server, for PUT
//	phone-password.txt  the password of the account admin on the phones' pages
//	store/            what the provisioning server serves: one file a phone
//	admin/            the administrator's own files: the same bytes at first
//	ca/, phones/      what the CA and the phones remember
//
// A lab that is started again in the same directory goes on: same CA, same
// passwords, same phones with their certificates, the same addresses if they are
// free. Files of the store and the administrator are not overwritten.
//
// It is a lab: the CA's keys lie in the directory, and one challenge serves all
// phones.
package lab
