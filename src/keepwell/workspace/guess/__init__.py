"""A folder of files as a workspace: which table each is, which column is which, how sure that is, and why."""
