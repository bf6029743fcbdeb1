"""A simulated world for services: virtual time, processes that die and stall, a database and a bus behind a wire that
fails, all of it wholly determined by a seed. It knows mechanism only; who acts and what must hold is the tests' matter.
"""
