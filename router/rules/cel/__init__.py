"""Conditions of rules: the part of the Common Expression Language that routing needs.

``parse`` reads an expression into a tree, ``Checker`` compares it with the declared names and
types, ``compiled`` turns it into a function of the facts, ``canonical`` writes it back. The meaning
is that of the CEL specification (https://github.com/google/cel-spec, langdef), for the part that
is offered; ``text.mentions`` is ours. Bounded: no loops, limited length, nesting and size.
"""
