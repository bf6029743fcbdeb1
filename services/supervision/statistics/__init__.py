"""Statistics (domain-rules.md §6): formulas over the rows of `decide.counted`, growth in words, and the queries."""
