"""Reading everything that is kept again, and naming each altered, missing or extra byte, row or link: where it is and what to do.

`stages.py` lists what is looked at, in order; each stage is a generator that says how far it is, so that a verification can be stopped
and resumed. Rows are read by SQL with names of tables as data, because this looks at what the models would hide: what should not be there.
"""
