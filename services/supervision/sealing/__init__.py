"""The sealing of days: which audit chains the next seal takes in, by which key it is signed, and what was sealed."""
