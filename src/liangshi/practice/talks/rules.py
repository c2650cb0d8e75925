"""Which talks and life events are within each reach of the policy table."""
