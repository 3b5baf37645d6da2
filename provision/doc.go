// SPDX-License-Identifier: MPL-2.0

// Package provision serves the configuration files that phones fetch, over
// HTTP.
//
// To serve a directory, open it as a store:
//
//	store, err := push.OpenDir("/srv/provisioning", push.Options{})
//	http.ListenAndServe("10.0.0.5:80", provision.Handler(provision.FromStore(store), provision.Options{}))
//
// A phone whose Profile_Rule is http://10.0.0.5/SEP$MAU.xml then gets the
// object SEP001A2B3C4D5E.xml of the store, and 304 Not Modified when it asks
// again with If-None-Match and the file is the same.
//
// To keep no files at all, use package provision/rendered: it makes each phone's file
// from a template and an inventory when the phone asks for it.
//
// To make files in another way, write a [Source], which has one method. Its answer is
// a [File]: the content, and the header fields to send with it, such as an ETag
// that is known without reading the content, or Content-Encoding: aes128gcm for
// a file that was encrypted for one phone (RFC 8188).
//
// # What is served
//
// GET and HEAD are answered for names that [push.ValidName] accepts: no "..", no
// empty element, no element that begins with a dot, no backslash, no control
// character. Anything else is 404, and so is every directory: there is no
// index, because the names of the files are the addresses of the phones. Every
// answer carries an entity tag; If-None-Match, If-Match and Range work as in RFC
// 9110. The tag of a store's file is derived from the whole content, which holds
// a password: it goes only to those who get the content too. A file that did not
// change since is not read again for its tag. With [Options.Gzip], files are
// compressed once for the clients that accept it.
//
// What phones send by their Report_Rule is received by package provision/reports.
//
// # As a push target
//
// With [Options.Username] and [Options.Password], the handler of a store also
// accepts PUT and DELETE under Basic authentication (RFC 7617), so that a
// push.Store opened at its URL writes through it:
//
//	provision.Handler(provision.FromStore(store), provision.Options{Username: "deploy", Password: password})
//
// Writing is conditional on If-Match and If-None-Match: * and happens in one
// step with the comparison. Without a password, the handler is read-only: 405.
//
// Basic authentication does not hide the password from the network: serve
// through TLS where the network is not yours.
package provision
