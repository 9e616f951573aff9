"""The command from a checkout: `python cli.py deploy` is `shopfast-obs deploy`."""

from shopfast_obs.cli import main

if __name__ == "__main__":
    main()
