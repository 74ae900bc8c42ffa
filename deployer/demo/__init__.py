"""The demo: an order service released, canaried and rolled back on an embedded Lambda, in front of the reader.

    run([Lines(print)])

It uses nothing that a user could not: `deployer.config.load`, `Deployer`, `deployer.local.start`, boto3's `invoke`.
What happens is told as data (`scene`), and shown by whatever reads it: lines, a terminal, a picture.
"""

from deployer.demo.play import run

__all__ = ["run"]
