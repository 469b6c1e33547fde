"""What stands around the software: the virtual bench, the demo, and ports to real parts."""
