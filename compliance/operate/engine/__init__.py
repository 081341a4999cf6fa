"""Engine room: starts, watches and stops the processes the product consists of.

Plain Python without Django, so that it can say what is wrong before Django can be loaded.
``python -m compliance.operate.engine --help`` lists its commands.
"""
