terraform {
  required_providers {
    ciscophone = {
      source = "phonecfg/ciscophone"
    }
  }
}

provider "ciscophone" {
  # The directory that the phones' web or TFTP server serves, or the URL of a
  # web server that accepts PUT.
  store = "/srv/phones"

  # What was recorded of the phones' certificates, for ciscophone_fleet_enrollment.
  evidence = ["pem:/var/lib/ca/issued"]
}
