"""The hall at one instant, worked out once for all who look: open cases, hours, satisfaction, the longest overdue."""
