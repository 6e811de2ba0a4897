"""The tested pieces of the course; helpers/README.md lists them, CONTRIBUTING.md its rooms."""
