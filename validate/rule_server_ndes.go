// SPDX-License-Identifier: MPL-2.0

package validate

import "github.com/phonecfg/terraform-provider-ciscophone/cdc"

var ruleServerAdminPage = Rule{
	ID:       "cdc-server-admin-page",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, "Microsoft, Network Device Enrollment Service: the administration page and the enrollment URL"},
	Summary: "the SCEP server is the page of NDES where the challenge password is read",
	Why: `A Microsoft CA has two addresses: /certsrv/mscep_admin is a web page, behind a Windows login, on which an administrator
reads the challenge password; /certsrv/mscep/mscep.dll answers SCEP. A phone that is sent to the page gets a login or HTML where
it wants certificates, and never enrolls.`,
	Bad:    `<CDC_Server_1_ ua="na">http://ndes.example.nl/certsrv/mscep_admin</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://ndes.example.nl/certsrv/mscep/mscep.dll</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonAdminPage),
}

var ruleServerIncomplete = Rule{
	ID:       "cdc-server-folder",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "Microsoft, Network Device Enrollment Service; proxies in use"},
	Summary: "the SCEP server's URL ends in a folder of NDES, /mscep/ or /certsrv/",
	Why: `A Microsoft CA answers SCEP at /certsrv/mscep/mscep.dll; the folder alone shows a web page. Proxies in front of it do
answer at the folder, so this is only a remark: see what "ciscophone preflight" says of the address.`,
	Bad:    `<CDC_Server_1_ ua="na">http://ndes.example.nl/certsrv/mscep/</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://ndes.example.nl/certsrv/mscep/mscep.dll</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonIncomplete),
}
