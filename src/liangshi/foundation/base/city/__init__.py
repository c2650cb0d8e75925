"""A made-up city to measure on, written straight into the database by bulk load.

`plan` says how large it is and gives each room its dice, `rows` writes, `makers` collects what the rooms add in their
`city.py`. None of it is loaded unless somebody makes a city. The demo city is another thing: it goes through the
actions that people use.
"""
