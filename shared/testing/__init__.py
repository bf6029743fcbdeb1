"""What tests share: given/when/then, and a store and a bus in memory behind the same ports as the real ones."""
