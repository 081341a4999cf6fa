"""Pure parts that several checks share: address ranges, policy documents, ages, tag selectors, tables of dates."""
