"""From a protected cube to published rows and back: rounding has been done, hidden figures are gone for good.

table       write the released table
read        read it back: what the public sees, as the audit takes it
elsewhere   bring in a table that was published elsewhere
"""
