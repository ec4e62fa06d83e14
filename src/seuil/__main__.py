"""`python -m seuil`: the command `seuil`."""

from seuil.cli import main

if __name__ == "__main__":
    main()
