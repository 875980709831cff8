"""Published figures as one system: can all be true, and what do they leave open?

The way of a figure: row of ``claims`` -> what it counts (`filters`) and how it bounds it
(`ledger`) -> integer cells and linear constraints (`cells`, over the lists of `space`) ->
the solver (`system`) -> conflicts, repairs, bounds, completions.
"""
