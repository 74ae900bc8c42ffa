"""The rules of the real Lambda, one small file per subject, held in memory and answered as Lambda answers.

Where a docstring names a section (`§2`), it means the fact sheet of Lambda's behaviour that this project keeps;
`recorded` means that an answer of the real service was replayed against the rule.
"""
