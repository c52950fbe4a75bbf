"""Speed, as ratios: both sides of every comparison run in one process, so that a slow machine slows both."""
