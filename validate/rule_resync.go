// SPDX-License-Identifier: MPL-2.0

package validate

// The parameters that say when a phone fetches its configuration.
const (
	paramProvision      = "Provision_Enable"
	paramResyncPeriodic = "Resync_Periodic"
	paramResyncAt       = "Resync_At__HHmm_"
	paramResyncOnReset  = "Resync_On_Reset"
)

var ruleProvisionOff = Rule{
	ID:       "provision-disabled",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, parametersDoc},
	Summary: "provisioning is switched off by the file itself",
	Why: `With Provision_Enable set to No the phone fetches no configuration after this one. No later change reaches it, a new
SCEP server or fingerprint among them, until somebody switches it on at the phone.`,
	Bad:    `<Provision_Enable ua="na">No</Provision_Enable>`,
	Good:   `<Provision_Enable ua="na">Yes</Provision_Enable>`,
	Params: []string{paramProvision},
	Value: func(c *Run, v Value) {
		if v.Is("No") {
			c.report(v, "set Provision_Enable to Yes", "the phone fetches no configuration after this one")
		}
	},
}

var ruleResyncOff = Rule{
	ID:       "resync-off",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, parametersDoc + ": 0 means no periodic resync"},
	Summary: "the phone looks for a new configuration only when it restarts",
	Why: `With Resync_Periodic at 0 and no time in Resync_At__HHmm_ a change waits until the phone restarts, which may take months;
with Resync_On_Reset at No it waits forever. The default is 3600 seconds.`,
	Bad: `<Resync_Periodic ua="na">0</Resync_Periodic>`,
	Good: `<Resync_Periodic ua="na">0</Resync_Periodic>
<Resync_At__HHmm_ ua="na">0330</Resync_At__HHmm_>`,
	Params: []string{paramResyncPeriodic},
	Check: func(c *Run) {
		v := c.Value(paramResyncPeriodic)
		if !v.Is("0") || c.isSet(paramResyncAt) || c.no(paramProvision) {
			return
		}
		when := "only when it restarts"
		if c.no(paramResyncOnReset) {
			when = "never by itself"
		}
		c.report(v, "set Resync_Periodic to 3600, or a time in Resync_At__HHmm_", "the phone looks for a new configuration %s", when)
	},
}
