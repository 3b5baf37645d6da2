output "root_ca_fingerprint" {
  value = provider::ciscophone::fingerprint(file("/etc/ciscophone/root-ca.pem")).sha256
}
