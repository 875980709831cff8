"""Published values as one system: whether all can be true, and what they leave open.

`secdiplo.claims.claim_set` reads the claims. Each then passes through these modules:
`partition` splits each dimension as far as claims tell its values apart; `counts`, `merging` and
`variables` make integer variables and the facts of the definitions; `model` adds the claims as
constraints; `system`, `solver` and `conflicts` answer questions about them. The results build on
that: `consistency`, the audit (`additivity`, `percentages`, `report`, `messages`), `bounds` (with
`grid` and `intervals`) and `imputation` (with `attested`).
"""
