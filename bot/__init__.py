"""The program: settings, logs, the command line, and the one place where everything is put together."""
