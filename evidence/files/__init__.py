"""What is inside files that people bring: named, recognised, refused, turned into text and pictures. Plain Python, no Django.

Content is hostile. The modules here look at names and first bytes only; whatever has to be parsed (PDF, workbooks, pictures, archives,
markup) is parsed by a module of `evidence.files.child` in a process of its own, with little memory and time and without our settings
in its environment.
"""
