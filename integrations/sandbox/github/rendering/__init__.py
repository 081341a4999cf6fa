"""The wire form of the state, field by field as GitHub's description of version 2022-11-28 has it."""
