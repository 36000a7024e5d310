"""Run the command line as `python -m router.cli`, where the installed command is not on PATH."""

from router.cli.main import main

main(prog_name="contact-router")
