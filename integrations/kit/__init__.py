"""The contract kit: one suite of tests that every connector passes, ours and those of third parties.

Describe your vendor's twin as a `Bed` and write

    class TestAcme(ConnectorContract):
        bed = AcmeBed()

docs/guide/write-a-connector.md leads through it. The kit needs pytest and no Django; the product never imports it.
"""
