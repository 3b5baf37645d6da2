# SPDX-License-Identifier: MPL-2.0

# What each phone shows, checked: the chain leads to the pinned root.
output "evidence" {
  description = "The certificate each phone holds."
  value = {
    for name, phone in ciscophone_enrollment.phone : name => {
      common_name = ciscophone_config.phone[name].certificate_common_name
      serial      = phone.serial
      issuer      = phone.issuer
      not_after   = phone.not_after
      renews_from = phone.renews_from
      verified    = phone.verified
      status      = phone.download_status
    }
  }
}
