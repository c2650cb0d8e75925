"""Which rows of this room are within each reach of the policy table."""
