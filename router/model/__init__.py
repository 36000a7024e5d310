"""The words of the router as values: inputs, decisions, policy and durable state.

Everything that crosses from one room to another is one of these. The room knows no I/O, no clock
and no other room.
"""
