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
}
