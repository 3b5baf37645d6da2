# The id is the address of the phone's web page.
tofu import ciscophone_enrollment.reception http://10.0.0.17/
