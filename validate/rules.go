// SPDX-License-Identifier: MPL-2.0

package validate

func init() {
	rules = []*Rule{
		&ruleExampleValue,
		&ruleServerScheme, &ruleServerAddress, &ruleServerName, &ruleServerCredentials, &ruleServerOperation, &ruleServerAdminPage,
		&ruleServerQuery, &ruleServerIncomplete, &ruleServerLocal, &ruleServerAllowed,
		&ruleFingerprintHex, &ruleFingerprintLength, &ruleFingerprintForm, &ruleFingerprintSHA1, &ruleFingerprintPlaceholder, &ruleFIPS,
		&ruleCommonNameLength, &ruleCommonNameOverflow, &ruleCommonNameMacro, &ruleCommonNameUnsuited, &ruleCommonNameUnprinted,
		&ruleCommonNameCharacters, &ruleCommonNamePhone, &ruleCommonNameShared,
		&ruleChallengeMasked, &ruleChallengeCharacters, &ruleChallengeWeak, &ruleChallengeString, &ruleChallengeEmpty,
		&ruleServerMissing, &ruleFingerprintMissing, &ruleLayer, &ruleFirmware, &ruleCommonNameFirmware, &ruleLifetime,
		&ruleCDCName, &ruleCDCSlot, &ruleCDCAccess,
		&ruleDot1xCertificate, &ruleDot1xOff, &ruleCustomWithoutEnrollment, &ruleDot1xIdentity, &ruleWiFiIdentity, &ruleWiFiModel,
		&ruleTimeServer, &ruleDomains, &ruleDHCPOption, &ruleDHCPOption43, &ruleProvisionOff, &ruleResyncOff,
		&ruleKeyPlain, &rulePasswordPlain, &ruleCleartext, &ruleRuleMacro, &ruleRuleSyntax,
		&ruleWebPasswordEmpty, &ruleWebPasswordAbsent, &ruleDirectAction, &ruleWebCleartext,
		&rulePasswordLength, &rulePasswordWeak, &rulePasswordShared, &ruleMasked, &ruleSecretSpace, &ruleIKM, &ruleSecretAccess,
		&ruleUserAccess, &rulePreserve, &ruleAttribute,
		&ruleDuplicate, &ruleUnknown, &ruleEarlier, &ruleForeign, &ruleChoice, &ruleCase, &ruleNumber,
		&ruleSpace, &ruleLineBreak, &ruleCurlyQuotes, &ruleNonASCII, &ruleDoubleEscape, &rulePlaceholder, &ruleTemplate,
		&ruleDeviceRoot, &ruleBOM, &ruleEmpty, &ruleQuotedEmpty, &ruleTolerated,
		&ruleIgnoreComment, &ruleIgnoreUnused, &ruleIgnoreRefused,
	}
	for _, r := range rules {
		add := func(list *[]*Rule, takesPart bool) {
			if takesPart {
				*list = append(*list, r)
			}
		}
		add(&named, r.Value != nil && r.of == nil)
		add(&together, r.Check != nil)
		add(&ofKind, r.of != nil)
		add(&ofTags, r.tag != nil)
		add(&ofStrangers, r.stranger != nil)
		add(&ofDocuments, r.document != nil)
		add(&ofDoubles, r.again != nil)
	}
}
