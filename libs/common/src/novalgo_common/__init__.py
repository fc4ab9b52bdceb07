"""What every NovAlgo service shares."""
