"""Whether this process is a child that reads the files of others."""

state = {"is_child": False}
