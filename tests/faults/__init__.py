"""Break a running router in every way we know, under load, and let the checker judge.

The router runs as its own process, as an operator would start it; the platform beside it is made of
ordinary Kafka clients and behaves like real ones: it answers late, twice, or not at all.
"""
