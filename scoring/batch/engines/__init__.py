"""Who carries out the tasks of a batch: this computer, or a cluster."""
