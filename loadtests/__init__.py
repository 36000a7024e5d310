"""What contact-router costs: the engine alone, and the router on a real Kafka beside a null router.

Every workload has a seed and a size, every figure is printed with the machine it was taken on, and
what counts are ratios of two things measured in the same run. Nothing here is imported by the
router, and nothing of the tests is imported here.
"""
