"""Which goals, choices and moments are within each reach of the policy table."""
