"""Facts about voices, scores, moments, files and this machine, as data for `--json` and pages."""
