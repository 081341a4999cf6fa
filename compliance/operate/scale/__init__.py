"""Made-up accounts of any size, recorded by the way that every run takes: for benchmarks and tests of scale."""
