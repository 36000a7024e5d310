"""What may stand in a rule file, key by key, as strict models.

These models are the reference of the language: every field says in plain words what it does. They
check the form (keys, notations, ranges); whether names exist and what it all means is decided by
those who compile them.
"""
