"""Panels: every unit in every period, so that no false zero is ever merged.

A cell inside coverage is a count, zero where nothing is on record; outside coverage, and outside
membership in the system of states, it is missing and says why in `status`. `cells` makes the
statement, `measures` declares what is counted, `membership` who is a state and when, `leftover`
reports what is in no cell. Codes without a list of members (iso3) have zeros at every time.
"""
