"""Dates people type in plain words, in English, Chinese, Dutch, Swedish and Malay."""

from domain.dates.reader import read_date
from domain.dates.reading import DateReading, Refusal, report_line

__all__ = ["DateReading", "Refusal", "read_date", "report_line"]
