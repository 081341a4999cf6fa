"""How Plumbline looks: template tags, pictures of time, style and behaviour. Knows no other room of the house."""
