"""What the CSMS tells people who are not looking: one channel a file, fed by rows, never in the way of charging."""
