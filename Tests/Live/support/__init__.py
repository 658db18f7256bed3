"""The parts of the live harness, one idea a file; import them through `harness`."""
