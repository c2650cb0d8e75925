"""Screens: the import journey, exports and slips, editing people."""
