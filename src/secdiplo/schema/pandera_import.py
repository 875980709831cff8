"""What is used of Pandera, imported without the warnings of PySpark.

Pandera imports PySpark where it is installed, partly when a class is first used.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandera.pandas as pa
    from pandera.backends.pandas import builtin_checks
    from pandera.dtypes import immutable
    from pandera.engines.pandas_engine import DataType, Engine
    from pandera.typing import get_index_types

    get_index_types()

__all__ = ["DataType", "Engine", "builtin_checks", "immutable", "pa"]
