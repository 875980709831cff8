"""Work beyond one machine's memory: Spark, and synthetic datasets of any size."""
