resource "ciscophone_enrollment" "reception" {
  phone_url           = "http://10.0.0.17/"
  root_ca_fingerprint = ciscophone_config.reception.root_ca_fingerprint
  common_name         = ciscophone_config.reception.certificate_common_name
  enrollment_id       = ciscophone_config.reception.enrollment_id
}

output "certificate" {
  value = {
    serial    = ciscophone_enrollment.reception.serial
    not_after = ciscophone_enrollment.reception.not_after
    verified  = ciscophone_enrollment.reception.verified
  }
}
