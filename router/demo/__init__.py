"""A day of the example centre, played at speed against a real router over a real Kafka.

Everything in here stands where platforms, desktops and supervisors stand: it produces events and
reads decisions as any client does, and knows nothing of the engine. It never touches a router that
was there before: its topics and its group are its own.
"""
