"""`/mcp`: the portal for language models, in the Model Context Protocol (https://modelcontextprotocol.io)."""
