"""The SQL that comes with the toolkit, and how names and values are quoted in SQL."""
