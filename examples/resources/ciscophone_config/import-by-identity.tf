import {
  to = ciscophone_config.reception
  identity = {
    path = "SEP001A2B3C4D5E.xml"
  }
}
