"""Lazaretto: a quarantine station for packages, take-home repositories and job offers.

The map of the house is `docs/architecture.md`; imports go down only.
"""

__version__ = "0.1.0"
