"""Imputations: attested rows that agree with the published values, and imputed rows beside them."""
