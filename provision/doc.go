// SPDX-License-Identifier: MPL-2.0

// Package provision serves the configuration files phones fetch, over HTTP,
// from a push.Store.
//
//	store, err := push.Open("/srv/provisioning", push.Options{})
//	http.ListenAndServe("10.0.0.5:80", provision.Handler(store, provision.Options{}))
//
// A phone whose Profile_Rule is http://10.0.0.5/SEP$MAU.xml then gets the
// object SEP001A2B3C4D5E.xml of the store, and nothing when it asks again with
// If-None-Match and the file is the same.
//
// # What is served
//
// GET and HEAD of the objects push lists as valid names: no "..", no empty
// element, no element that begins with a dot, no backslash, no control
// character. Anything else is 404, and so is every directory: there is no
// index, because the names of the files are the addresses of the phones. Every
// answer carries an entity tag; If-None-Match, If-Match and Range work as in RFC
// 9110. The tag is derived from the whole content, which holds a password: it
// goes only to those who get the content too.
//
// # As a push target
//
// With [Options.Username] and [Options.Password] the handler takes PUT and
// DELETE too, under Basic authentication (RFC 7617), so that a push.Store opened
// at its URL writes through it:
//
//	provision.Handler(store, provision.Options{Username: "deploy", Password: password})
//
// Writing is conditional on If-Match and If-None-Match: * and happens in one
// step with the comparison. Without a password the handler is read-only: 405.
//
// Basic authentication does not hide the password from the network: serve
// through TLS where the network is not yours.
package provision
