# terraform query -generate-config-out=found.tf (Terraform 1.14)
list "ciscophone_config" "north" {
  provider = ciscophone

  config {
    prefix = "north/SEP"
  }
}
