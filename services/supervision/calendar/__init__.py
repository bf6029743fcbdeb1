"""The calendar: which days count, from an operator's notice to the version in force and the clocks that follow it."""
