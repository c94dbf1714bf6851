"""`python -m projection`."""

from projection.cli import app

if __name__ == "__main__":
    app(prog_name="projection")
