// SPDX-License-Identifier: MPL-2.0

package device

import "slices"

// Macro is one row of the phone's macro table.
type Macro struct {
	// Name is the name without the dollar sign: "MAU"; "$" for the escape $$.
	Name string
	// Meaning says in a few words what the phone puts there.
	Meaning string
	// CommonName reports whether the macro makes sense in the common name of a
	// certificate request: it has a value there, the value stays the same, is no
	// secret, and holds only characters usual in a name.
	CommonName bool
	// Undocumented reports whether no page says what a 9800 or 8875 prints for the
	// macro: Cisco's books show different values for other phones.
	Undocumented bool
	// MaxLen is the longest value in characters, as the format or the documented
	// type or example has it; 0 where no bound is known.
	MaxLen int
}

// MacroTable returns the phone's macro table: Cisco's "Macro Expansion Variables"
// (provisioning guide; help.webex.com article nsxxojf), sorted by name. UID1
// stands for UID2, UID3 and so on. The slice is the caller's own.
func MacroTable() []Macro { return slices.Clone(macroTable[:]) }

// LookupMacro finds a macro by its name without the dollar sign, in upper case.
// UID followed by any line number without leading zero is known.
func LookupMacro(name string) (Macro, bool) {
	lo, hi := 0, len(macroTable)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); macroTable[mid].Name < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(macroTable) && macroTable[lo].Name == name {
		return macroTable[lo], true
	}
	if isLineUID(name) {
		m, _ := LookupMacro("UID1")
		m.Name = name
		return m, true
	}
	return Macro{}, false
}

// isLineUID: UID2, UID16, but not UID, UID0, UID01. Three digits are plenty: no
// phone has a thousand lines.
func isLineUID(name string) bool {
	if len(name) < 4 || len(name) > 6 || name[:3] != "UID" || name[3] == '0' {
		return false
	}
	for i := 3; i < len(name); i++ {
		if name[i] < '0' || name[i] > '9' {
			return false
		}
	}
	return true
}

// macroTable is sorted by name in byte order: LookupMacro searches it.
var macroTable = [...]Macro{
	{"$", "a dollar sign", true, false, 1},
	{"A", "general purpose parameter GPP_A", true, false, 0},
	{"B", "general purpose parameter GPP_B", true, false, 0},
	{"C", "general purpose parameter GPP_C", true, false, 0},
	{"CCERT", "client certificate status: Installed or Not Installed", false, false, 13},
	{"D", "general purpose parameter GPP_D", true, false, 0},
	{"E", "general purpose parameter GPP_E", true, false, 0},
	{"EMS", "extension mobility status", false, false, 0},
	{"ERR", "result message of a resync or upgrade attempt", false, false, 0},
	{"EXTIP", "IP address seen from outside", false, false, 39},
	{"F", "general purpose parameter GPP_F", true, false, 0},
	{"G", "general purpose parameter GPP_G", true, false, 0},
	{"H", "general purpose parameter GPP_H", true, false, 0},
	{"HWVER", "hardware version", false, false, 0},
	{"I", "general purpose parameter GPP_I", true, false, 0},
	{"IP", "IP address in the local subnet", false, false, 39},
	{"J", "general purpose parameter GPP_J", true, false, 0},
	{"K", "general purpose parameter GPP_K", true, false, 0},
	{"L", "general purpose parameter GPP_L", true, false, 0},
	{"M", "general purpose parameter GPP_M", true, false, 0},
	{"MA", "MAC address, lower case: 000e08aabbcc", true, false, 12},
	{"MAC", "MAC address, lower case with colons: 00:0e:08:aa:bb:cc", false, false, 17},
	{"MAU", "MAC address, upper case: 000E08AABBCC", true, false, 12},
	{"METH", "old name of SCHEME", false, false, 5},
	{"MPWD", "extension mobility password", false, false, 0},
	{"MUID", "extension mobility user ID", false, false, 0},
	{"N", "general purpose parameter GPP_N", true, false, 0},
	{"O", "general purpose parameter GPP_O", true, false, 0},
	{"P", "general purpose parameter GPP_P", true, false, 0},
	{"PATH", "path of the request's URL", false, false, 0},
	{"PN", "product name; other phones print CP-8841-3PCC or IP Phone 7861", false, true, 0},
	{"PORT", "port of the request's URL", false, false, 5},
	{"PRVST", "provisioning state: -1 explicit resync, 0 power-up, 1 periodic, 2 retry", false, false, 2},
	{"PRVTMR", "seconds since the last resync attempt", false, false, 10},
	{"PSN", "product series number; other phones print V03, 6841-3PCC or 7861", false, true, 0},
	{"REGTMR1", "seconds since line 1 lost its registration", false, false, 10},
	{"REGTMR2", "seconds since line 2 lost its registration", false, false, 10},
	{"SA", "special purpose parameter GPP_SA, only as an argument of --key, --uid, --pwd", false, false, 0},
	{"SB", "special purpose parameter GPP_SB, only as an argument of --key, --uid, --pwd", false, false, 0},
	{"SC", "special purpose parameter GPP_SC, only as an argument of --key, --uid, --pwd", false, false, 0},
	{"SCHEME", "scheme of the request's URL: TFTP, HTTP or HTTPS", false, false, 5},
	{"SD", "special purpose parameter GPP_SD, only as an argument of --key, --uid, --pwd", false, false, 0},
	{"SERV", "host of the request's URL", false, false, 0},
	{"SERVIP", "IP address of the request's host", false, false, 39},
	{"SN", "serial number, such as 88012BA01234", true, false, 12},
	{"SWVER", "software version", false, false, 0},
	{"UID1", "user ID of line 1; UID2 and so on for the others", true, false, 63},
	{"UPGCOND", "legacy upgrade condition", false, false, 0},
	{"UPGERR", "result message of the last upgrade attempt", false, false, 0},
	{"UPGST", "upgrade state: 1 first attempt, 2 retry", false, false, 1},
	{"UPGTMR", "seconds since the last upgrade attempt", false, false, 10},
}
