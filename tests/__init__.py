"""Run by pytest; `tests.audit` looks at the built site, `tests.benchmarks` takes the time."""
