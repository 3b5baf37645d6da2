// SPDX-License-Identifier: MPL-2.0

package device

// Element names of the status document the simulated phone serves and the
// verifier reads. Cisco documents that a phone offers /admin/status.xml but not
// the names in it: these are this project's own, shaped like the phone's
// parameter names. On a real phone expect others.
const (
	StatusProductName = "Product_Name"
	StatusMAC         = "MAC_Address"
	StatusSerial      = "Serial_Number"
	StatusSoftware    = "Software_Version"

	StatusCommonName = "Custom_Cert_Common_Name_1_"
	StatusIssuer     = "Custom_Cert_Issuer_1_"
	// StatusCertSerial holds the serial number in lower case hexadecimal, no colons.
	StatusCertSerial = "Custom_Cert_Serial_Number_1_"
	// StatusValidFrom and StatusValidTo hold RFC 3339 times in UTC.
	StatusValidFrom = "Custom_Cert_Valid_From_1_"
	StatusValidTo   = "Custom_Cert_Valid_To_1_"
	// StatusChain holds base64 DER certificates, leaf first, one space between.
	StatusChain = "Custom_Cert_Chain_1_"
	// StatusDownload is the line Custom Cert Status, Download Status 1, shows.
	StatusDownload = "Custom_Cert_Download_Status_1_"

	StatusUserID       = "User_ID_8021X"
	StatusConfigResult = "Config_Download_Status"
)
