"""Servers that pulsed is compared with, beside those that the live tests start."""
