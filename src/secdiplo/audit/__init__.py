"""Published figures as one system: whether all can be true, and what they leave open.

The way of a figure: row of ``claims`` -> what it counts (`filters`, over the values that `space`
has) and how it bounds it (`ledger`) -> the finest parts that figures tell apart (`atoms`) ->
integer cells with the facts of the definitions (`merge`, `cells`) -> constraints (`problem`) ->
the solver (`system`, `solver`, `conflicts`). On these stand what can be true at all (`settle`),
the audit (`sums`, `report`, `words`), bounds (`bounds`, `ranges`, `intervals`) and completions
(`attested`, `fit`, `imputed`, `complete`, `draws`).
"""
