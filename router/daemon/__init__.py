"""The daemon: moves the bytes between Kafka and the engine, exactly once.

It owns shards through a consumer group, gives each a life of its own, and publishes every decision
together with the positions it was taken at. It decides nothing.
"""
