// SPDX-License-Identifier: MPL-2.0

package validate

// rules is the book: every rule, in the order of its families.
var rules = [...]*Rule{
	&ruleServerScheme, &ruleServerAddress, &ruleServerName, &ruleServerCredentials, &ruleServerOperation, &ruleServerQuery, &ruleServerAdminPage, &ruleServerIncomplete, &ruleServerLocal, &ruleServerAllowed,
	&ruleFingerprintHex, &ruleFingerprintLength, &ruleFingerprintForm, &ruleFingerprintSHA1, &ruleFingerprintPlaceholder, &ruleFIPS,
	&ruleCommonNameLength, &ruleCommonNameOverflow, &ruleCommonNameMacro, &ruleCommonNameUnsuited, &ruleCommonNameCharacters, &ruleCommonNamePhone,
	&ruleChallengeMasked, &ruleChallengeCharacters, &ruleChallengeWeak, &ruleChallengeEmpty, &ruleChallengeString,
	&ruleServerMissing, &ruleFingerprintMissing, &ruleChallengeAlone, &ruleFirmware, &ruleCommonNameFirmware, &ruleLifetime,
	&ruleExampleValue, &ruleCDCName, &ruleCDCSlot, &ruleCDCAccess,
	&ruleDot1xCertificate, &ruleDot1xOff, &ruleCustomWithoutEnrollment, &ruleDot1xIdentity, &ruleWiFiIdentity, &ruleWiFiModel,
	&ruleTimeServer, &ruleDomains, &ruleDHCPOption, &ruleDHCPOption43, &ruleProvisionOff, &ruleResyncOff,
	&ruleKeyPlain, &rulePasswordPlain, &ruleCleartext, &ruleRuleMacro, &ruleRuleSyntax,
	&ruleWebPasswordEmpty, &ruleWebPasswordAbsent, &ruleDirectAction, &ruleWebCleartext,
	&rulePasswordLength, &rulePasswordWeak, &rulePasswordShared, &ruleMasked, &ruleSecretSpace, &ruleIKM, &ruleSecretAccess,
	&ruleUserAccess, &rulePreserve, &ruleAttribute,
	&ruleDuplicate, &ruleUnknown, &ruleEarlier, &ruleForeign, &ruleChoice, &ruleCase, &ruleNumber,
	&ruleSpace, &ruleLineBreak, &ruleCurlyQuotes, &ruleNonASCII, &ruleDoubleEscape, &rulePlaceholder,
	&ruleDeviceRoot, &ruleBOM, &ruleEmpty, &ruleQuotedEmpty, &ruleTolerated,
	&ruleIgnoreComment, &ruleIgnoreUnused, &ruleIgnoreRefused,
}
