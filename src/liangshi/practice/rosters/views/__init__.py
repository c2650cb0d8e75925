"""Screens: the import journey, exports, editing people."""
