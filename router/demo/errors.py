"""Why a demo cannot go on."""


class LostError(Exception):
    """Tell that the broker or the router was lost, or never came; the text is for people."""
