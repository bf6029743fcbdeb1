"""What the five services say to each other: the envelope, the topics table and one file of events per service."""
