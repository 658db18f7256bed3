#!/usr/bin/env python3
"""Writes Protocol/offline-sync.yaml, as JSON, into the source that serves it. Needs PyYAML."""

import json
from pathlib import Path
from textwrap import indent

import yaml

root = Path(__file__).resolve().parents[1]
specification = yaml.safe_load((root / "Protocol/offline-sync.yaml").read_text())
text = indent(json.dumps(specification, indent=1, ensure_ascii=False), " " * 8)
assert '"""#' not in text
(root / "Sources/PulseHTTPSync/Routes/Specification.swift").write_text(
    "// swift-format-ignore-file: its lines are as long as those of the specification.\n\n"
    "/// `Protocol/offline-sync.yaml` as JSON, written by `Scripts/embed-offline-sync.py`.\n"
    "package enum Specification {\n"
    f'    package static let json = #"""\n{text}\n        """#\n'
    "}\n")
