# CP-9871-SEP001A2B3C4D5E@example.net
output "user_id" {
  value = provider::ciscophone::user_id("DP-9871", "00:1A:2B:3C:4D:5E", "example.net")
}
