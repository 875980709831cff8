"""Rows as text: tables, CSV, JSON and Markdown."""
