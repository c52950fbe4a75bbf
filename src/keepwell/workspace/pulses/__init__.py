"""Pulses: what people are asked, as a sheet that goes out and comes back, and the file that keeps their answers."""
