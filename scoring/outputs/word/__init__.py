"""The self-assessment report as a Word document, in the form of Decree 30/2020/NĐ-CP."""

from scoring.outputs.word.self_assessment import word_report

__all__ = ["word_report"]
