"""From confidential health records to open data that is proved safe, signed and served."""

__version__ = "0.1.0"
