"""What people reach: pages, charts, API and exports, made from a verified release and nothing else. Public side."""
