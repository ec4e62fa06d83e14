"""The confidential way, joined: records -> leaves -> cube -> pattern -> figures -> proof -> proposal -> signed release.

Every step writes under another name and is renamed when it is whole, so that a run that was cut off leaves nothing half
done and the next one starts from the last whole step. This package alone joins `records`, `disclosure`, `figures` and
`publish`.
"""
