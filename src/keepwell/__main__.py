"""`python -m keepwell`."""

from keepwell.cli import main

main()
