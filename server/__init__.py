"""Bihuan's server: see README.md for who may import whom."""

VERSION = "0.1.0"
