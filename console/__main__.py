"""`python -m console` is `yiping`."""

from console.cli import main

if __name__ == "__main__":
    main()
