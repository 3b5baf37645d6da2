# The id is the name of the file in the store.
tofu import ciscophone_config.reception SEP001A2B3C4D5E.xml
