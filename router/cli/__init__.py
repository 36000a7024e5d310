"""The command line: every way a person or a script starts or asks contact-router something."""
