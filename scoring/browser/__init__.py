"""The small library that every page of ours runs on, as modules, and how a page takes them in."""

from scoring.browser.bundle import BundleError, bundled, without_remarks

__all__ = ["BundleError", "bundled", "without_remarks"]
