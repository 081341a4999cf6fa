"""Answers to the reads that moto lacks, one module per AWS service; `registry.ANSWERS` lists them all."""
