"""Conversations with a server: read, play, normalise, compare. The format is in `Protocol/vectors/README.md`."""
