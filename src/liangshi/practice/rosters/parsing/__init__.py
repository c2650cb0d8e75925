"""Reads roster files into plain rows; needs neither Django nor a database."""
