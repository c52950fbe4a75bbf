"""Keepwell: customer health you can prove."""
