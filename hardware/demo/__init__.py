"""The whole chain on one machine: central system, local controller and virtual charge points."""
