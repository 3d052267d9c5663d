"""Work done beside this process: guarded children, forks, a cluster, and what passes between them."""
