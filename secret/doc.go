// SPDX-License-Identifier: MPL-2.0

// Package secret holds passwords and keys so that they are not printed by
// mistake: a [Text] shows as "(secret)" whatever prints, logs or encodes it.
package secret
