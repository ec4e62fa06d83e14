"""The shared benchmark generators: the same seeds and bytes as every tool was measured on."""
