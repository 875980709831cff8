"""Published values as one system: whether all can be true, and what they leave open.

A claim passes through these modules: `ledger` reads it, with `filters` over the values in `space`;
`partition` splits each dimension as far as claims tell its values apart; `counts`, `merging` and
`variables` make integer variables and the facts of the definitions; `model` adds the claims as
constraints; `system`, `solver` and `conflicts` answer questions about them. The results build on
that: `consistency`, the audit (`additivity`, `percentages`, `report`, `messages`), `bounds` (with
`grid` and `intervals`) and `imputation` (with `attested`).
"""
