"""The command line: one small file a command, each imported when it is called, and what they share.

main ──▶ group ──▶ a command ──▶ asked (options)  selection (settings)  release (the verbs that write)
                                 words (text)  paper (where it goes)  document (JSON)  exits (codes)
"""
