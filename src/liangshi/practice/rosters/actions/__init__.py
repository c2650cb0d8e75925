"""Deeds: importing, exporting, slips, editing people."""
