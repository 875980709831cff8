"""Annotations of texts from other tools: read as rows with offsets and quotes, and written back."""

from secdiplo.claims.standoff.convert import TOOL_FORMATS, export_spans, import_spans

__all__ = ["TOOL_FORMATS", "export_spans", "import_spans"]
