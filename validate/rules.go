// SPDX-License-Identifier: MPL-2.0

package validate

// rules is the book: every rule, in the order of its families.
var rules = [...]*Rule{
	&ruleServerScheme, &ruleServerAddress, &ruleServerName, &ruleServerCredentials, &ruleServerQuery, &ruleServerLocal, &ruleServerAllowed,
	&ruleFingerprintHex, &ruleFingerprintLength, &ruleFingerprintForm, &ruleFingerprintSHA1, &ruleFingerprintPlaceholder,
	&ruleCommonNameLength, &ruleCommonNameOverflow, &ruleCommonNameMacro, &ruleCommonNameUnsuited, &ruleCommonNameCharacters, &ruleCommonNamePhone,
	&ruleChallengeMasked, &ruleChallengeCharacters, &ruleChallengeWeak,
	&ruleServerMissing, &ruleFingerprintMissing, &ruleChallengeAlone, &ruleFirmware, &ruleCommonNameFirmware, &ruleLifetime,
	&ruleExampleValue,
	&ruleDuplicate, &ruleUnknown, &ruleChoice,
}
