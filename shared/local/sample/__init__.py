"""The sample hall: some two hundred synthetic applications of the past weeks, made by the hall itself.

People of the development issuer do what people do, over the real HTTP of the services, under a clock that is moved from
seven weeks ago to now; nothing is ever written to a database or a topic. See `plan.py` for what is made, `stage.py` for
how, and `keeping.py` for when.
"""
