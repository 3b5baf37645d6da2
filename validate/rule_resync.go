// SPDX-License-Identifier: MPL-2.0

package validate

var ruleProvisionOff = Rule{
	ID:       "provision-disabled",
	Severity: Warning, Ignorable: true,
	Summary: "provisioning is switched off by the file itself",
	Why: `With Provision_Enable set to No the phone fetches no configuration after this one. No later change reaches it, a new
SCEP server or fingerprint among them, until somebody switches it on at the phone.`,
	Bad:  `<Provision_Enable ua="na">No</Provision_Enable>`,
	Good: `<Provision_Enable ua="na">Yes</Provision_Enable>`,
}

var ruleResyncOff = Rule{
	ID:       "resync-off",
	Severity: Warning, Ignorable: true,
	Summary: "the phone looks for a new configuration only when it restarts",
	Why: `With Resync_Periodic at 0 and no time in Resync_At__HHmm_ a change waits until the phone restarts, which may take months;
with Resync_On_Reset at No it waits for ever. The default is 3600 seconds.`,
	Bad: `<Resync_Periodic ua="na">0</Resync_Periodic>`,
	Good: `<Resync_Periodic ua="na">0</Resync_Periodic>
<Resync_At__HHmm_ ua="na">0330</Resync_At__HHmm_>`,
}

// checkResync looks at whether later changes will reach the phone.
func (c *pass) checkResync() {
	if c.no(watchProvision) {
		c.report(&ruleProvisionOff, c.subject(watchProvision), "set Provision_Enable to Yes", "the phone fetches no configuration after this one")
		return
	}
	if !c.is(watchResyncPeriodic, "0") || c.isSet(watchResyncAt) {
		return
	}
	when := "only when it restarts"
	if c.no(watchResyncOnReset) {
		when = "never by itself"
	}
	c.report(&ruleResyncOff, c.subject(watchResyncPeriodic), "set Resync_Periodic to 3600, or a time in Resync_At__HHmm_", "the phone looks for a new configuration %s", when)
}
