"""Deeds: importing, exporting, editing people."""
