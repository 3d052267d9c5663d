"""What a folder says of its own files: manifests, zips, data packages."""
