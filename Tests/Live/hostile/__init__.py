"""The hostile corpus: what a server meets on an open port, as data, and the exact answer to each; see `case`."""
