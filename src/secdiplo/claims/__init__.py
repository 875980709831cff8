"""Published values: how a claim is read, and what the tables give for it.

`parse` reads a row of the claims table into a `model.Claim`: the count, the period and the other
conditions (`filters`), checked against the values that a dataset knows (`domains`). `check` of a
dataset folder and the audit call this one parser. `reproduce` recomputes claims on open tables,
`claim_set` collects the claims that the audit uses, and `annotations` compares quotes with the
source texts.
"""
