# The module by itself. The first runs need no store and no provider: what they
# test is the module's own. The last ones write files into a store of the test's
# own. Run by tofu test or terraform test.

provider "ciscophone" {
  store = var.store
}

mock_provider "ciscophone" {
  alias = "mock"

  mock_resource "ciscophone_fleet" {
    defaults = {
      enrollments        = "{\"001a2b3c4d5e\":{\"id\":\"kept-1\",\"common_name\":\"001A2B3C4D5E.ams.example.net\"}}"
      phones             = "{}"
      reenrolling_phones = 1
    }
  }

  mock_data "ciscophone_fleet_enrollment" {
    defaults = {
      verdict  = "unknown"
      problems = ["00:1a:2b:3c:4d:5e: unknown: no source mentions it"]
    }
  }
}

variables {
  site   = "ams"
  domain = "example.net"
  phones = [
    { mac = "00:1A:2B:3C:4D:5E", model = "DP-9871", station_name = "Reception" },
    { mac = "00:1A:2B:3C:4D:5F", model = "DP-9841" },
  ]
}

run "inventory" {
  providers = { ciscophone = ciscophone.mock }

  assert {
    condition     = jsondecode(ciscophone_fleet.site.inventory)[0].site == "ams" && jsondecode(ciscophone_fleet.site.inventory)[0].Station_Name == "Reception"
    error_message = "The first phone's row lacks its site or its name."
  }

  assert {
    condition     = !can(jsondecode(ciscophone_fleet.site.inventory)[1].Station_Name)
    error_message = "A phone without a name gets one."
  }

  assert {
    condition     = output.verdict == null
    error_message = "Without records there is a verdict."
  }
}

run "unknown_is_no_warning" {
  providers = { ciscophone = ciscophone.mock }

  variables {
    records = ["index:/var/lib/ca/index.txt"]
  }

  assert {
    condition     = output.verdict == "unknown"
    error_message = "The verdict does not come through."
  }
}

run "bad_site" {
  command   = plan
  providers = { ciscophone = ciscophone.mock }

  variables {
    site = "Amsterdam/Zuid"
  }

  expect_failures = [var.site]
}

run "first" {
  assert {
    condition     = output.reenrolling_phones == 2
    error_message = "Both phones request their first certificate."
  }

  assert {
    condition     = output.enrollments["001a2b3c4d5f"].common_name == "001A2B3C4D5F.ams.example.net"
    error_message = "The common name is another one."
  }
}

run "one_name_changes" {
  variables {
    phones = [
      { mac = "00:1A:2B:3C:4D:5E", model = "DP-9871", station_name = "Front desk" },
      { mac = "00:1A:2B:3C:4D:5F", model = "DP-9841" },
    ]
  }

  assert {
    condition     = output.reenrolling_phones == 0 && ciscophone_fleet.site.revision == 2
    error_message = "A station name makes a phone request a new certificate."
  }
}
