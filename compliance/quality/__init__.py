"""Evidence about the evidence: facts derived from runs, ledgers, coverage, versions, waivers and the log, recorded and judged as any."""
