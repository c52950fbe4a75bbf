"""Model × facts → metric values → points → score, with every reason. The formula lives here and nowhere else."""
