"""A dataset folder: its settings, its files, and the files shipped with the toolkit."""
