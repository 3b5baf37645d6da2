# CP-9871-SEP001A2B3C4D5E.example.net
output "common_name" {
  value = provider::ciscophone::common_name("DP-9871", "00:1A:2B:3C:4D:5E", "example.net")
}
