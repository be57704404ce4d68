"""The one place where the pipeline and the models meet: steps, the Prefect flow, the command line."""
