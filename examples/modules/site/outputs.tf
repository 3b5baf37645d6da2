# SPDX-License-Identifier: MPL-2.0

output "reenrolling_phones" {
  description = "How many phones request a new certificate because of the last change."
  value       = ciscophone_fleet.site.reenrolling_phones
}

output "enrollments" {
  description = "By MAC address, what each phone was last made to enroll with and the common name that it requests."
  value       = jsondecode(ciscophone_fleet.site.enrollments)
}

output "verdict" {
  description = "verified, wrong or unknown, by the records; null without records."
  value       = one(data.ciscophone_fleet_enrollment.site[*].verdict)
}

output "counts" {
  description = "How many phones have which verdict; null without records."
  value       = one(data.ciscophone_fleet_enrollment.site[*].counts)
}
