"""Trying the portal out on one machine: `make demo`. Installed by settings.demo only, never in production."""
