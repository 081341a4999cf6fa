"""What `manage.py doctor` looks at: everything an operator can get wrong, each with the way out in a sentence."""
