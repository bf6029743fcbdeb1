"""All five services on virtual time, one whole world for each seed."""
