#!/usr/bin/env python3
"""Lists what callers of the recognised set say: `recognised.py BOOK > LINES`.

Two lines of every list of the book of callers, with one fixed wording for each value, as
`fixtures.py` wants them: a name, a tab, the words. The name is the list and the line's place in it.
"""
import sys
import tomllib

LINES_OF_A_LIST = 2
VALUES = {
    "size": "two hundred five, fifty five, R sixteen", "season": "winter", "brand": "Michelin",
    "quantity": "four", "name": "Peter", "car_model": "Toyota Corolla", "car": "white Renault",
    "station": "Obolon", "city": "Kyiv", "address": "12 Shevchenka Street",
    "diameter": "sixteen inch", "colour": "white", "make": "Renault",
}

with open(sys.argv[1], "rb") as book:
    lists = tomllib.load(book)["lines"]
for key, lines in lists.items():
    for place, line in enumerate(lines[:LINES_OF_A_LIST]):
        for slot, value in VALUES.items():
            line = line.replace("{" + slot + "}", value)
        print(f"{key}.{place}\t{line}")
