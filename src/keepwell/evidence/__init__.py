"""Scores held against what became of the accounts: pure statistics, and the words for what they allow to say."""
