"""What harvesters and search engines look for at known addresses."""
