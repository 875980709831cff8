# Recipes of the house; CI calls these.

export COLUMNS := "80"  # the generated blocks of the docs have this width

default: lint types test docs-check

lint:
    ruff check .
    ruff format --check .
    codespell

types:
    mypy

# The everyday suite, on two cores
test:
    pytest -n 2 --dist loadfile

# All tests, as CI runs them
test-all:
    pytest -m '' -n 2 --dist loadfile

# What fails most often, in under a minute
quick:
    ruff check .
    pytest -x -n 2 tests/test_layers.py tests/test_cli.py tests/test_folder.py tests/test_ingest.py tests/test_claims.py tests/test_reliability.py tests/test_suggest.py

# Rewrite every generated file and block
docs:
    secdiplo codebook -o schema
    cog -r -U -I docs README.md docs/*/*.md data/curated/CODING.md

# The documentation site, offline: _site/index.html
site:
    python -m sphinx -W --keep-going -b html docs _site

docs-check:
    secdiplo codebook --check
    cog --check --diff -U -I docs README.md docs/*/*.md data/curated/CODING.md

# Rebuild the shipped tables
data:
    secdiplo build data -o src/secdiplo/built

# Run the notebooks and keep their outputs
notebooks:
    python notebooks/run.py

# The pictures of the README and the pages; needs the extras browser and report, and Chromium
pictures:
    python docs/pictures.py

# Speed of short processes: benchmarks/short.json and benchmarks/README.md
bench:
    python benchmarks/run.py

# Speed at size beside bare DuckDB, polars, pandas and Spark: benchmarks/README.md and scale.png
bench-scale *rows="10000 100000 1000000 10000000":
    python benchmarks/scale run {{rows}}
    python benchmarks/scale run 5000000 --engines ours
    python benchmarks/scale/report.py

# Speed of the audit: benchmarks/AUDIT.md
bench-audit:
    python benchmarks/audit.py

# Speed of the explorer in a browser: benchmarks/EXPLORER.md
bench-explorer:
    python benchmarks/explorer.py

# Speed of panels: benchmarks/PANELS.md
bench-panels:
    python benchmarks/panels.py

# Speed of comparing versions and linking events: benchmarks/VERSIONS.md
bench-versions:
    python benchmarks/versions.py

# Speed of figures: benchmarks/FIGURES.md
bench-figures:
    python benchmarks/figures.py
# Names of countries beside other packages: benchmarks/COUNTRIES.md
bench-countries:
    python benchmarks/countries.py

# Speed of exports: benchmarks/EXPORTS.md
bench-exports:
    python benchmarks/exports.py

# Mutated inputs for half an hour: fuzz/
fuzz:
    python fuzz/run.py --minutes 30
