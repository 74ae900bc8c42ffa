"""The command line: one small file a command, each imported when it is called, and what they share.

entry ──▶ main ──▶ group ──▶ a command ──▶ asked (options)  selection (settings)  release (the verbs that write)
                                           job (how far)  summary, outlook, commands (what to do next)
                                           words (text)  paper (where it goes)  document (JSON)  exits (codes)
"""
