"""The delivery core: every event takes effect exactly once in every document that it concerns. See README.md."""
